#!/usr/bin/env bash
# Counts the instructions of one run on a fixed corpus: a figure that does not depend on how busy the machine is.
#
#   benches/instructions.sh            compares with benches/instructions.txt, and fails above 10 % more
#   benches/instructions.sh --write    writes the figure there, after a change that is meant to cost what it costs
#
# Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release --locked --bin why503 --example corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$target/release/examples/corpus" "$work/mixed" --size 4M --seed 7

# No patterns of the user's own, no configuration, one zone: what is counted must be the same everywhere.
count() { # INPUT
    env -i PATH="$PATH" HOME="$work" TZ=UTC valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$target/release/why503" --threads 1 --quiet "$1" -o "$work/report" 2>&1 |
        sed -n 's/.*Collected : //p'
}

mkdir "$work/one"
head -20 "$work/mixed/logs/web1/nginx/access.log" >"$work/one/access.log"
measured=$(printf 'mixed %s\none %s\n' "$(count "$work/mixed/logs")" "$(count "$work/one")")
if [ "${1:-}" = --write ]; then
    printf '%s\n' "$measured" >benches/instructions.txt
fi
paste -d' ' benches/instructions.txt <(printf '%s\n' "$measured") | awk '
    { printf "%-6s %12d instructions, kept figure %12d: %+.1f %%\n", $1, $4, $2, 100 * ($4 - $2) / $2 }
    $4 > 1.1 * $2 { grew = 1 }
    END {
        if (grew) print "more than 10 % above benches/instructions.txt: make it cheaper, or say why it is worth it and run benches/instructions.sh --write"
        exit grew
    }'
