#!/usr/bin/env bash
# Trains and measures on a machine that is lent for minutes and needs nothing but Python's torch 2.11:
#
#   ./go.sh OUT MINUTES [ours]     trains the networks of `ours` further
#   ./go.sh OUT MINUTES tables     trains the paper's systems at full size, one after the other
#   ./go.sh OUT MINUTES speed      measures how fast programs are found
#
# Every call verifies the device first. A training goes on where the last call has left it: from the folder `state` here,
# else from what lies in `pieces` here (put there what came back in OUT from another machine). OUT gets weights, compact
# pieces and metrics every two minutes, at most eight files of 16 MiB at most; a kill at any instant loses two minutes.
#
# KAREL_DEVICE names the device (cuda); KAREL_SET holds values in the place of the configurations', such as
# "--set data.batch=8"; KAREL_THREADS says how many threads prepare data.
set -euo pipefail

usage() {
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
[ $# -ge 2 ] || usage
out=$1 minutes=$2 mode=${3:-ours}
case $mode in ours | tables | speed) ;; *) usage ;; esac
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
device=${KAREL_DEVICE:-cuda}
read -ra set <<<"${KAREL_SET:-}"
read -ra threads <<<"${KAREL_THREADS:+--threads $KAREL_THREADS}"
common=(--device "$device" ${threads[@]+"${threads[@]}"})
exclude=()
[ -e tasks.jsonl.gz ] && exclude=(--exclude tasks.jsonl.gz)

# Torch's libraries, as Python has them.
torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))' 2>/dev/null || true)
if [ -n "$torch" ]; then
    libraries=$torch/lib
    for folder in "$torch"/../nvidia/*/lib; do
        [ -d "$folder" ] && libraries+=:$folder
    done
    export LD_LIBRARY_PATH=$libraries:${LD_LIBRARY_PATH:-}
elif [ -z "${LD_LIBRARY_PATH:-}" ]; then
    echo "There is no torch: install Python's torch 2.11, or let LD_LIBRARY_PATH name its libraries." >&2
    exit 1
fi
export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}

# Minutes of this call that are left, with half a minute to save and to copy.
left() {
    awk -v all="$minutes" -v spent="$SECONDS" 'BEGIN { left = all - spent / 60 - 0.5; print (left > 0.05 ? left : 0.05) }'
}

# Copies what a training leaves behind: new files first, then what is outdated goes, so that OUT always holds a whole save.
bring() {
    local from=$1 to=$2 file size pieces
    mkdir -p "$to"
    # The first piece last: without it a save counts for nothing.
    mapfile -t pieces < <(ls -r "$from"/compact-* 2>/dev/null || true)
    for file in "$from"/*.safetensors "$from"/metrics.jsonl "$from"/curve.svg ${pieces[@]+"${pieces[@]}"}; do
        # The trace model comes by its own name.
        case $file in *.new | *'*'* | */trace-model.safetensors) continue ;; esac
        # A save may be replaced by the next one meanwhile.
        size=$(stat -c %s "$file" 2>/dev/null) || continue
        [ "$size" -le 16777216 ] || continue
        cp "$file" "$to/.new" 2>/dev/null && mv "$to/.new" "$to/${file##*/}"
    done
    for file in "$to"/compact-*; do
        [ -e "$from/${file##*/}" ] || rm -f "$file"
    done
}

# Trains in state/NAME for what is left of this call; OUT/WHERE gets the copies.
train() {
    local name=$1 where=$2 copier status
    shift 2
    mkdir -p "state/$name"
    if ! ls "state/$name"/compact-* >/dev/null 2>&1 && ls "pieces/$where"/compact-* >/dev/null 2>&1; then
        cp "pieces/$where"/compact-* "pieces/$where"/metrics.jsonl "state/$name/"
    fi
    (while sleep "${KAREL_COPY_SECONDS:-120}"; do bring "state/$name" "$out/$where"; done) &
    copier=$!
    set +e
    ./karel-synth train "systems/$name.toml" "${common[@]}" --out "state/$name" --keep compact \
        --save "${KAREL_SAVE_MINUTES:-1.9}" \
        --minutes "$(left)" ${exclude[@]+"${exclude[@]}"} "$@" ${set[@]+"${set[@]}"} 2>&1 | tee -a "$out/go.log"
    status=${PIPESTATUS[0]}
    set -e
    kill "$copier" 2>/dev/null || true
    wait "$copier" 2>/dev/null || true
    bring "state/$name" "$out/$where"
    [ "$status" -eq 0 ] || exit "$status"
    tail -n 5 "$out/go.log" | grep -q 'the training is over'
}

verify() {
    ./karel-synth verify "${common[@]}" --models weights --tasks fixtures/tasks.jsonl \
        --vectors fixtures/vectors.json --beam "${KAREL_BEAM:-50}" 2>&1 | tee -a "$out/go.log"
}

ours() {
    local policy=weights/trace-policy.safetensors few=(--set evaluation.minutes=5.0 --set evaluation.tasks=300)
    [ -e pieces/trace-policy.safetensors ] && policy=pieces/trace-policy.safetensors
    [ -e state/trace-policy.safetensors ] && policy=state/trace-policy.safetensors
    if [ "$policy" = weights/trace-policy.safetensors ]; then
        train trace-policy policy --from "$policy" "${few[@]}" || return 0
        # The policy is ready: its weights are all that is needed of it from here on.
        cp state/trace-policy/trace-policy.safetensors state/
        cp state/trace-policy.safetensors "$out/"
        rm -rf "${out:?}/policy"
        policy=state/trace-policy.safetensors
    fi
    cp "$policy" "$out/trace-policy.safetensors"
    train code-transformer . --from weights/code-transformer.safetensors --set optimizer.rate=1e-3 "${few[@]}" \
        --set "traces.trace_model=$policy" || true
}

tables() {
    local name traces=()
    for name in trace-code-gold io-trace-presnet io-trace-lgrl io-trace-no-grids io-code trace-code-inferred \
        trace-code-mixed trace-code-concatenated trace-code-grids; do
        [ -e "state/$name/over" ] || [ -e "pieces/$name/over" ] && continue
        case $name in
        trace-code-inferred | trace-code-mixed)
            # Weight files are too large to travel: they are made from the pieces.
            [ -e state/io-trace-presnet/io-trace-presnet.safetensors ] ||
                train io-trace-presnet io-trace-presnet --steps 0 || true
            traces=(--set traces.trace_model=state/io-trace-presnet/io-trace-presnet.safetensors)
            ;;
        *) traces=() ;;
        esac
        train "$name" "$name" --set evaluation.minutes=5.0 --set evaluation.tasks=100 ${traces[@]+"${traces[@]}"} || return 0
        touch "state/$name/over" "$out/$name/over"
    done
}

speed() {
    [ -e tasks.jsonl.gz ] || { echo "There are no tasks to measure on: pack some with --tasks." >&2; exit 1; }
    local limit=${KAREL_LIMIT:-100}
    for what in "--only-batches --batches ${KAREL_BATCHES:-1,16,64}" "--concurrent ${KAREL_CONCURRENT:-1,4,16}" ""; do
        read -ra what <<<"$what"
        timeout "$(left | awk '{ print int($1 * 60) + 1 }')" ./karel-synth bench "${common[@]}" --models weights \
            --tasks tasks.jsonl.gz --limit "$limit" ${what[@]+"${what[@]}"} 2>&1 | tee -a "$out/speed.md" || true
    done
}

verify
"$mode"
