#!/usr/bin/env bash
# The report generator beside its peers, whole processes from file to text, in one run: wall, CPU and peak memory, how many times more each
# peer needs, and whether the numbers agree. Inputs: a big C++ program (Debian's ceph-mon with debug information in place), 100,000 and 5,000
# stacks over its return addresses, a recorded profile, and one of 2 GiB.
# usage: ./build.sh bench reports [--runs N] [--limit SECONDS] [--only SCENARIO,…] [--no-peers]
#   --limit      ends a peer after so many seconds (60)
# environment:
#   MEMTOOLS_BENCH_INPUTS   folder for the inputs (3 GB; made when missing); /var/tmp/memtools-bench unless set
#   MEMTOOLS                the command; out/memtools/memtools unless set
#   PPROF                   Go's pprof, to be run too
#   MEMTOOLS_SHARED         folder with reference/bench/ceph-mon.gperftools.heap.gz; ../shared unless set
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C
runs=3 peers=1 only= limit=60
while [ $# -gt 0 ]; do
    case $1 in
        --runs) runs=$2; shift 2 ;;
        --limit) limit=$2; shift 2 ;;
        --only) only=$2; shift 2 ;;
        --no-peers) peers=; shift ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
memtools=${MEMTOOLS:-$PWD/out/memtools/memtools}
inputs=${MEMTOOLS_BENCH_INPUTS:-/var/tmp/memtools-bench}
heap=${MEMTOOLS_SHARED:-$PWD/../shared}/reference/bench/ceph-mon.gperftools.heap.gz
full=$inputs/ceph-mon.full data=$inputs/reports
[ -x "$memtools" ] || { echo "$memtools is not there: ./build.sh build" >&2; exit 1; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
. bench/measure.sh
has() { command -v "$1" > /dev/null; }
wanted() { [ -z "$only" ] || case ",$only," in *",$1,"*) ;; *) return 1 ;; esac; }

# --- inputs
mkdir -p "$data"
if [ ! -s "$full" ]; then
    for package in ceph-mon ceph-mon-dbg librados2-dbg binutils elfutils; do dpkg -s $package > /dev/null 2>&1 || missing="${missing:-} $package"; done
    [ -z "${missing:-}" ] || apt-get install -y -q --no-install-recommends $missing > /dev/null || { echo "these packages of Debian are needed:$missing" >&2; exit 1; }
    id=$(readelf -n /usr/bin/ceph-mon | awk '/Build ID:/ { print $3 }')
    eu-unstrip /usr/bin/ceph-mon "/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" -o "$inputs/ceph-mon.unstripped"
    objcopy --decompress-debug-sections "$inputs/ceph-mon.unstripped" "$full.part"
    mv "$full.part" "$full"
fi
[ -s "$data/synth5k.heap" ] || bench/reports/synth.py "$full" "$data"
if wanted large && [ ! -s "$data/large.heap" ]; then # the 100,000 stacks 52 times over: 2 GiB
    awk '/^$/ { exit } NR == 1 { gsub(/[\[\]:]/, ""); printf "heap profile: %d: %d [%d: %d] @ heapprofile\n", $3 * 52, $4 * 52, $5 * 52, $6 * 52 }' "$data/synth100k.heap" > "$data/large.part"
    sed -n '2,/^$/p' "$data/synth100k.heap" | grep -v '^$' > "$data/body"
    for i in $(seq 52); do cat "$data/body"; done >> "$data/large.part"
    sed -n '/^$/,$p' "$data/synth100k.heap" >> "$data/large.part"
    rm "$data/body"
    mv "$data/large.part" "$data/large.heap"
fi

# --- measuring
scenario() { # name, what, memtools' arguments…; peers are added with peer
    name=$1
    echo "== $name: $2"
    shift 2
    for i in $(seq "$runs"); do measure "$name" memtools /dev/null "$memtools" "$@"; done
}
peer() { # tool, command…
    [ -n "$peers" ] || return 0
    has "$2" || { echo "  $2 is not installed" >&2; return 0; }
    local tool=$1
    shift
    measure "$name" "$tool" /dev/null "$@"
}
go_pprof() { [ -z "${PPROF:-}" ] || peer pprof "$PPROF" "$@"; }
agreement() { # the Perl tools' total beside ours; flat values of the names that both have
    [ -s "$out/$name.$1" ] || return 0
    awk 'NR == FNR { if (/^Total:/) total = $2; else ours[$6 " " $7] = $1; next } /^Total:/ { printf "  totals: %s here, %s there; ", total, $2; next }
        ($6 " " $7) in ours { n++; same += ours[$6 " " $7] == $1 } END { printf "of %d names that both show, %d have the same flat value\n", n, same }' "$2" "$out/$name.$1"
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); warm files; peers end after $limit s"
cat "$full" "$data"/synth*.heap > /dev/null
if wanted synth100k; then
    scenario synth100k "100,000 stacks, text, functions, symbolized" report "$data/synth100k.heap"
    go_pprof -top "$full" "$data/synth100k.heap"
    peer google-pprof google-pprof --text "$full" "$data/synth100k.heap"
    table synth100k
fi
if wanted nosymbols; then
    scenario nosymbols "100,000 stacks, text, symbols off" report --no-symbols "$data/synth100k.heap"
    go_pprof -symbolize=none -top "$full" "$data/synth100k.heap"
    table nosymbols
fi
if wanted jemalloc; then
    scenario jemalloc "100,000 stacks of jemalloc, text, functions, symbolized" report "$data/synth100k.je.heap"
    peer jeprof jeprof --text "$full" "$data/synth100k.je.heap"
    table jemalloc
fi
if wanted synth5k; then
    scenario synth5k "5,000 stacks, lines" report --granularity lines "$data/synth5k.heap"
    go_pprof -top -lines "$full" "$data/synth5k.heap"
    peer google-pprof google-pprof --text --lines "$full" "$data/synth5k.heap"
    table synth5k
    "$memtools" pprof --text --lines --show_bytes "$full" "$data/synth5k.heap" > "$out/ours" 2> "$out/error"
    [ -z "$peers" ] || ! has google-pprof || timeout "$limit" google-pprof --text --lines --show_bytes "$full" "$data/synth5k.heap" > "$out/synth5k.bytes" 2> "$out/error" || true
    agreement bytes "$out/ours"
fi
if wanted proto; then
    scenario proto "100,000 stacks to .pb.gz, symbolized" report -f pprof -o "$out/memtools.pb.gz" "$data/synth100k.heap"
    go_pprof -proto -output "$out/go.pb.gz" "$full" "$data/synth100k.heap"
    table proto
    scenario read-proto "and that file to text" report "$out/memtools.pb.gz"
    go_pprof -top "$out/memtools.pb.gz"
    table read-proto
fi
if wanted real-mon && [ -r "$heap" ]; then
    scenario real-mon "a recorded profile: 5,567 stacks, two big modules, Debian's debug files" report "$heap"
    go_pprof -top /usr/bin/ceph-mon "$heap"
    gzip -dc "$heap" > "$out/mon.heap"
    peer google-pprof google-pprof --text /usr/bin/ceph-mon "$out/mon.heap"
    table real-mon
fi
if wanted large; then
    runs=1
    cat "$data/large.heap" > /dev/null
    scenario large "$(($(stat -c %s "$data/large.heap") >> 20)) MiB, the 100,000 stacks 52 times over, symbols off" report --no-symbols "$data/large.heap"
    go_pprof -symbolize=none -top "$full" "$data/large.heap"
    table large
fi
