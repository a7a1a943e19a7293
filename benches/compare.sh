#!/usr/bin/env bash
# Times why503 and the tools that people would use instead, on corpora that it makes: benches/compare.sh [-d DIR] [-n RUNS] [-s SIZE] [-a]
#
#   -d DIR    where the corpora are, or are made (default: target/corpora)
#   -n RUNS   pairs of runs for each command, after one that is not counted (default 5)
#   -s SIZE   bytes of a corpus before packing (default 256M)
#   -a        why503 alone, without the other tools: GoAccess takes minutes for a gigabyte
#
# Every run of a command is followed by `wc -l` on the same lines, unpacked, and the ratio is taken pair by pair: what
# slows the machine down slows both. The inputs are read once before each pair. The table is printed, and written to
# DIR/compare.csv: what, command, median seconds, median ratio, lowest and highest ratio, MB of log a second, answer.
# The row "hour", an hour of a log of ten days, is held against the whole of that log by why503 itself instead: what is
# asked for there is a share of reading all. A log under 64 MiB is read to its end, so that it takes 1G to see it. The row
# "inflate" holds a compressed log against the decompressor alone.
# The answer of why503 is held against what is true of the corpus; a wrong one ends the comparison.
set -euo pipefail
cd "$(dirname "$0")/.."

directory=target/corpora runs=5 size=256M alone=
while getopts d:n:s:a option; do
    case $option in
        d) directory=$OPTARG ;;
        n) runs=$OPTARG ;;
        s) size=$OPTARG ;;
        a) alone=yes ;;
        *) exit 2 ;;
    esac
done
export LC_ALL=C
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release --locked --bin why503 --example corpus --example inflate
why503=$target/release/why503
csv=$directory/compare.csv

make_corpus() { # NAME SIZE [ONLY [DAYS]]
    local at=$directory/$1-$2
    [ -f "$at/truth.json" ] || "$target/release/examples/corpus" "$at" --size "$2" ${3:+--only "$3"} ${4:+--days "$4"}
    if [ ! -f "$at/plain" ]; then
        find "$at/logs" -type f | sort | while read -r file; do
            case $file in *.gz) gzip -dc "$file" ;; *) cat "$file" ;; esac
        done >"$at/plain"
    fi
    echo "$at"
}

true_of() { # CORPUS FIELD [OF]
    sed -n "s/^ \"${3:-all}\":.*\"$2\": \([0-9]*\).*/\1/p" "$1/truth.json"
}

now() { date +%s%N; }

seconds_of() { # COMMAND...
    local start end
    start=$(now)
    "$@" >/dev/null 2>&1 || true
    end=$(now)
    echo $(((end - start) / 1000))
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# What a command is held against: how it is called, and the command; nothing for `wc -l`.
beside=()

compare() { # WHAT CORPUS ANSWER COMMAND...
    local what=$1 corpus=$2 answer=$3
    shift 3
    local plain=$corpus/plain times="" ratios="" run one base
    local against=("wc -l" wc -l "$plain")
    [ ${#beside[@]} -eq 0 ] || against=("${beside[@]}")
    for ((run = 0; run <= runs; run++)); do
        find "$corpus/logs" "$plain" -type f -exec cat {} + >/dev/null
        one=$(seconds_of "$@")
        base=$(seconds_of "${against[@]:1}")
        [ "$run" -eq 0 ] && continue
        times+="$one"$'\n'
        ratios+="$(awk "BEGIN { printf \"%.3f\", $one / $base }")"$'\n'
    done
    local time ratio low high rate
    time=$(printf %s "$times" | median)
    ratio=$(printf %s "$ratios" | median)
    low=$(printf %s "$ratios" | sort -n | head -1)
    high=$(printf %s "$ratios" | sort -n | tail -1)
    rate=$(awk "BEGIN { printf \"%.0f\", $(true_of "$corpus" bytes) / $time }")
    local shown=${*//$directory\//}
    printf '%-10s %8s s  %7s x %s (%s to %s)  %6s MB/s  %s  %s\n' "$what" \
        "$(awk "BEGIN { printf \"%.3f\", $time / 1e6 }")" "$ratio" "${against[0]}" "$low" "$high" "$rate" "$answer" "${shown:0:70}"
    printf '%s,"%s",%s,%s,%s,%s,%s,%s\n' "$what" "${shown//\"/\"\"}" \
        "$(awk "BEGIN { printf \"%.3f\", $time / 1e6 }")" "$ratio" "$low" "$high" "$rate" "$answer" >>"$csv"
}

# Lines and 503s of a report against the truth; the requests of several tiers are each counted, as the truth does.
check() { # CORPUS INPUT
    local out=$directory/report lines failed
    "$why503" --quiet "$2" -o "$out" >/dev/null 2>&1 || true
    lines=$("$why503" sources --output json "$2" 2>/dev/null | grep -o '"lines": *[0-9]*' | awk -F: '{ sum += $2 } END { print sum }')
    failed=$(grep -A5000000 '"vantage_points"' "$out/summary.json" | grep -o '"requests_503": *[0-9]*' | awk -F: '{ sum += $2 } END { print sum + 0 }')
    if [ "$lines" != "$(true_of "$1" lines)" ] || [ "$failed" != "$(true_of "$1" failed)" ]; then
        echo "wrong answer on $2: $lines lines and $failed 503s, true are $(true_of "$1" lines) and $(true_of "$1" failed)" >&2
        exit 1
    fi
    echo exact
}

# Requests and 503s of the hour that the truth tells of.
check_hour() { # CORPUS COMMAND...
    local corpus=$1 out=$directory/report requests failed
    shift
    "$@" >/dev/null 2>&1 || true
    requests=$(sed -n 's/^ *"total_requests": *\([0-9]*\).*/\1/p' "$out/summary.json")
    failed=$(sed -n 's/^ *"total_503": *\([0-9]*\).*/\1/p' "$out/summary.json")
    if [ "$requests" != "$(true_of "$corpus" requests hour)" ] || [ "$failed" != "$(true_of "$corpus" failed hour)" ]; then
        echo "wrong answer on an hour of $corpus: $requests requests and $failed 503s, true are $(true_of "$corpus" requests hour) and $(true_of "$corpus" failed hour)" >&2
        exit 1
    fi
    echo exact
}

have() { [ -z "$alone" ] && command -v "$1" >/dev/null; }

mkdir -p "$directory"
echo 'what,command,seconds,ratio,lowest,highest,mb_per_second,answer' >"$csv"

plain=$(make_corpus access "$size" access)
[ -f "$plain/logs/access.log.gz" ] || gzip -6 -k -c "$plain/logs/access.log" >"$plain/access.log.gz"
compare plain "$plain" "$(check "$plain" "$plain/logs/access.log")" "$why503" "$plain/logs/access.log" -o "$directory/report"
# Through a pipe: GNU grep takes /dev/null for a sign that one hit is enough.
have grep && compare plain "$plain" - sh -c "grep -c ' 503 ' '$plain/logs/access.log' | cat"
have rg && compare plain "$plain" - rg -c ' 503 ' "$plain/logs/access.log"
have goaccess && compare plain "$plain" - goaccess "$plain/logs/access.log" --log-format=COMBINED -o "$directory/report/goaccess.json"

days=$(make_corpus days "$size" access 10)
all=("$why503" "$days/logs/access.log" -o "$directory/report")
hour=("${all[@]}" --since 2026-10-05T14:30:00Z --until 2026-10-05T15:30:00Z)
beside=("all of it" "${all[@]}")
compare hour "$days" "$(check_hour "$days" "${hour[@]}")" "${hour[@]}"
beside=()

compare gzip "$plain" "$(check "$plain" "$plain/access.log.gz")" "$why503" "$plain/access.log.gz" -o "$directory/report"
beside=("inflate" "$target/release/examples/inflate" "$plain/access.log.gz")
compare inflate "$plain" exact "$why503" "$plain/access.log.gz" -o "$directory/report"
beside=()
have gzip && compare gzip "$plain" - gzip -dc "$plain/access.log.gz"
have rg && compare gzip "$plain" - rg -z -c ' 503 ' "$plain/access.log.gz"
have ugrep && compare gzip "$plain" - ugrep -z -c ' 503 ' "$plain/access.log.gz"

mixed=$(make_corpus mixed "$size")
compare mixed "$mixed" "$(check "$mixed" "$mixed/logs")" "$why503" "$mixed/logs" -o "$directory/report"
compare mixed "$mixed" - "$why503" "$mixed/logs" -o "$directory/report" --threads 1
grep -h '^anchor' patterns/signatures/*.toml | grep -o '"[^"]*"' | tr -d '"' | sort -u >"$directory/anchors"
have rg && compare mixed "$mixed" - rg -z -c -F -f "$directory/anchors" "$mixed/logs"
have ugrep && compare mixed "$mixed" - ugrep -z -r -c ' 503 ' "$mixed/logs"

haproxy=$(make_corpus haproxy "$size" haproxy)
compare haproxy "$haproxy" "$(check "$haproxy" "$haproxy/logs")" "$why503" "$haproxy/logs" -o "$directory/report"
have halog && compare haproxy "$haproxy" - sh -c "halog -st < '$haproxy/logs/haproxy.log'"
json=$(make_corpus json "$size" json)
compare json "$json" "$(check "$json" "$json/logs")" "$why503" "$json/logs" -o "$directory/report"

small=$(make_corpus few 600K)
compare small "$small" "$(check "$small" "$small/logs")" "$why503" "$small/logs" -o "$directory/report"
one=$(make_corpus one 5K access)
compare one "$one" "$(check "$one" "$one/logs")" "$why503" "$one/logs" -o "$directory/report"
echo "written: $csv"
