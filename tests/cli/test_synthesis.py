"""`karel synth`: the engine and its networks, from the command line."""

import json

import pytest

from karel import karel

# Nothing here is about time.
BUDGET = ("--budget", 600_000)


def test_a_program_is_written_into_its_file(examples):
    ran = karel("synth", *BUDGET, "--write", "collect.karel", cwd=examples)
    assert ran.code == 0, ran.out + ran.err
    assert "5/5 examples" in ran.out
    assert "..." not in (examples / "collect.karel").read_text()
    assert karel("test", "collect.karel", cwd=examples).out.splitlines()[-1].startswith("5/5 examples")


@pytest.mark.parametrize("name", ["collect", "plant", "seek", "row"])
def test_what_is_found_passes_every_example(name, examples):
    ran = karel("synth", *BUDGET, "--json", f"{name}.karel", cwd=examples)
    assert ran.code == 0, ran.out + ran.err
    report = json.loads(ran.out)
    best = report["candidates"][0]
    assert best["passed"] == best["examples"] == 5
    (examples / f"{name}.karel").write_text(best["program"])
    tested = json.loads(karel("test", "--json", f"{name}.karel", cwd=examples).out)
    assert tested["passed"] == tested["total"] == 5


@pytest.mark.parametrize("system", ["pipeline", "io-code"])
@pytest.mark.parametrize("name", ["collect", "plant", "seek", "row"])
def test_the_systems_of_the_paper_find_programs(name, system, examples):
    ran = karel("synth", *BUDGET, "--system", system, "--json", f"{name}.karel", cwd=examples)
    assert ran.code == 0, ran.out + ran.err
    best = json.loads(ran.out)["candidates"][0]
    assert best["passed"] == best["examples"] == 5


def test_a_system_that_is_not_there_is_named(examples):
    ran = karel("synth", "--system", "theirs", "collect.karel", cwd=examples)
    assert (ran.code, ran.out) == (2, "")
    assert "there is no system `theirs`: it is `ours`, `pipeline` or `io-code`" in ran.err


@pytest.mark.parametrize("name", ["walls", "markers", "tests"])
def test_the_hole_of_a_template_is_filled_as_it_is_meant(name, tmp_path):
    assert karel("new", name, "--template", name, cwd=tmp_path).code == 0
    ran = karel("synth", *BUDGET, "--write", f"{name}.karel", cwd=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    assert karel("test", f"{name}.karel", cwd=tmp_path).code == 0, "held-out tests pass too"


def test_examples_that_contradict_each_other_are_not_searched_in_vain(tmp_path):
    file = tmp_path / "contradiction.karel"
    example = 'example "{}":\n    input:\n        > . .\n    output:\n        {}\n'
    file.write_text("def main():\n    ...\n\n" + example.format("one", ". > .") + "\n" + example.format("two", ". . >"))
    asked = tmp_path / "asked"
    ran = karel("synth", file, "--engine", f"touch {asked}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'error: "one" contradicts "two": change one.\n'
    assert not asked.exists(), "the engine was started"


def test_an_engine_that_is_not_there_is_named(examples):
    ran = karel("synth", "--engine", "no-such-engine serve", "collect.karel", cwd=examples)
    assert ran.code == 2 and "no-such-engine" in ran.err


def test_an_engine_that_dies_is_reported(examples):
    ran = karel("synth", "--engine", "false", "collect.karel", cwd=examples)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: the synthesis engine ended before it answered (exit status: 1)\n"
