#!/usr/bin/env bash
# Evaluates a file of tasks on many machines at one time, as a Slurm array:
#
#   sbatch --array=1-8 slurm-array.sh TASKS.jsonl.gz OUT     # eight parts
#   karel-synth merge OUT/part-*.json --json OUT/all.json    # when they have ended
#
# Any other scheduler that counts its jobs will do: it is told apart by two numbers, the part and how many there are.
# Without a scheduler, four processes of this machine:
#
#   for part in 1 2 3 4; do SLURM_ARRAY_TASK_ID=$part SLURM_ARRAY_TASK_COUNT=4 ./slurm-array.sh TASKS OUT & done; wait
#
#SBATCH --cpus-per-task=2
set -euo pipefail
tasks=$1 out=$2
shift 2
part=${SLURM_ARRAY_TASK_ID:?run it as an array: sbatch --array=1-8 slurm-array.sh TASKS OUT}
parts=${SLURM_ARRAY_TASK_COUNT:?run it as an array: sbatch --array=1-8 slurm-array.sh TASKS OUT}
mkdir -p "$out"
# What comes after the two names goes to the evaluation, such as --beam 50 or --models DIR.
exec "${KAREL_SYNTH:-karel-synth}" eval --tasks "$tasks" --shard "$part/$parts" \
    --json "$out/part-$(printf %04d "$part").json" "$@"
