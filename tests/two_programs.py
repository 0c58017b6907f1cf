"""An engine for tests: it always finds the same two programs, and a world in which they end differently.

Tests in several languages start it in the place of `karel-synth`.
"""

import json
import sys

FILLS = [["move()"], ["while(frontIsClear()):\n    move()"]]
ENDINGS = [". > .\n. . .", ". . >\n. . ."]

for line in sys.stdin:
    request = json.loads(line)
    if request.get("method") != "synthesize":
        continue
    result = {
        "candidates": [
            {
                "fills": fills,
                "program": "",
                "length": 7,
                "examplesPassed": 1,
                "heldOut": {"percent": 60.0, "tasks": 200},
            }
            for fills in FILLS
        ],
        "ambiguous": True,
        "tracesFound": 1,
        "examples": 1,
        "programsRun": 2,
        "milliseconds": 1,
        "device": "cpu",
        "enumerated": False,
        "bestPassed": 1,
        "stopped": "exhausted",
        "deciding": {
            "input": "> . .\n. . .",
            "answers": [{"output": output, "candidates": [place]} for place, output in enumerate(ENDINGS)],
        },
    }
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
