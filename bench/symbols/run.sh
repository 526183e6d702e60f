#!/usr/bin/env bash
# The symbolizer beside its peers on a big C++ program (Debian's ceph-mon), in one run: wall, CPU and peak memory of whole processes,
# how many times more each peer needs, and whether the answers agree.
# usage: ./build.sh bench symbols [--runs N] [--peer-runs N] [--slow]
#   --slow       also runs eu-addr2line (1,000 addresses take minutes) and google-pprof
# environment:
#   MEMTOOLS_BENCH_INPUTS   folder for the inputs (1 GB; made when missing); below the folder for temporary files unless set
#   MEMTOOLS                the command; out/memtools/memtools unless set
#   PPROF                   Go's pprof, to be run on the recorded heap profile
#   MEMTOOLS_SHARED         folder with reference/bench/ceph-mon.gperftools.heap.gz; ../shared unless set
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C
runs=5 peer_runs=3 slow=
while [ $# -gt 0 ]; do
    case $1 in
        --runs) runs=$2; shift 2 ;;
        --peer-runs) peer_runs=$2; shift 2 ;;
        --slow) slow=1; shift ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
memtools=${MEMTOOLS:-$PWD/out/memtools/memtools}
inputs=${MEMTOOLS_BENCH_INPUTS:-${TMPDIR:-/tmp}/memtools-bench-symbols}
heap=${MEMTOOLS_SHARED:-$PWD/../shared}/reference/bench/ceph-mon.gperftools.heap.gz
program=/usr/bin/ceph-mon full=$inputs/ceph-mon.full
[ -x "$memtools" ] || { echo "$memtools is not there: ./build.sh build" >&2; exit 1; }

# --- inputs
missing=
need() { [ -e "$2" ] || missing="$missing $1"; }
need ceph-mon $program
need ceph-mon-dbg /usr/share/doc/ceph-mon-dbg
need librados2-dbg /usr/share/doc/librados2-dbg
need binutils /usr/bin/objcopy
need elfutils /usr/bin/eu-unstrip
need llvm /usr/bin/llvm-symbolizer
need time /usr/bin/time
if [ -n "$missing" ]; then
    echo "installing$missing" >&2
    apt-get install -y -q --no-install-recommends $missing > /dev/null || { echo "these packages of Debian are needed:$missing" >&2; exit 1; }
fi
mkdir -p "$inputs"
if [ ! -s "$full" ]; then
    id=$(readelf -n $program | awk '/Build ID:/ { print $3 }')
    eu-unstrip $program "/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" -o "$inputs/ceph-mon.unstripped"
    objcopy --decompress-debug-sections "$inputs/ceph-mon.unstripped" "$full.part"
    mv "$full.part" "$full"
fi
for list in 1k 5k 50k; do
    [ -s "$inputs/addrs$list.txt" ] || bench/symbols/addresses.sh "$full" "$inputs"
done

# --- measuring
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
. bench/measure.sh
agreement() { # ours, theirs: both as llvm-symbolizer prints, mangled (the demanglers are compared by bench/demangle)
    awk 'BEGIN { RS = ""; FS = "\n" }
        function part(first,    s, i, f) { s = ""; for (i = first; i <= NF; i += 2) { f = $i; if (first == 2) sub(/:[0-9]+$/, "", f); s = s f "\n" } return s }
        NR == FNR { whole[FNR] = $0; functions[FNR] = part(1); lines[FNR] = part(2); next }
        { n++; f += functions[FNR] == part(1); l += lines[FNR] == part(2); w += whole[FNR] == $0 }
        END { printf "  agree with llvm-symbolizer, whole inline chains of %d addresses: functions %.2f %%, files and lines %.2f %%, both and columns %.2f %%\n", n, 100 * f / n, 100 * l / n, 100 * w / n }' "$1" "$2"
}
has() { command -v "$1" > /dev/null; }
addresses() { # scenario, binary, list
    local scenario=$1 binary=$2 list=$inputs/addrs$3.txt
    echo "== $scenario"
    for i in $(seq "$runs"); do
        measure "$scenario" memtools "$list" "$memtools" symbols --binary "$binary" --format llvm
        [ "$i" -le "$peer_runs" ] || continue
        measure "$scenario" llvm-symbolizer "$list" llvm-symbolizer -e "$binary"
        measure "$scenario" addr2line "$list" addr2line -C -f -i -e "$binary"
    done
    table "$scenario"
    "$memtools" symbols --binary "$binary" --format llvm --no-demangle < "$list" > "$out/ours"
    # llvm-symbolizer leaves the symbol table of a separate debug file unread: the truth is what it says of the joined file.
    [ -s "$out/theirs$3" ] || llvm-symbolizer --no-demangle -e "$full" < "$list" > "$out/theirs$3"
    agreement "$out/ours" "$out/theirs$3"
    "$memtools" symbols --binary "$binary" --format addr2line < "$list" > "$out/ours"
    if cmp -s "$out/ours" "$out/$scenario.addr2line"; then
        echo "  prints what addr2line prints"
    else
        echo "  lines that addr2line prints otherwise: $(diff "$out/ours" "$out/$scenario.addr2line" | grep -c '^>') of $(wc -l < "$out/$scenario.addr2line")"
    fi
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); warm files; the answers of all tools are demangled and have inlined calls"
cat "$full" "$program" /usr/lib/debug/.build-id/??/*.debug > /dev/null
addresses full-5k "$full" 5k
addresses full-50k "$full" 50k
addresses zlib-5k $program 5k
addresses zlib-50k $program 50k
if [ -n "$slow" ] && has eu-addr2line; then
    echo "== full-1k"
    measure full-1k memtools "$inputs/addrs1k.txt" "$memtools" symbols --binary "$full" --format llvm
    measure full-1k eu-addr2line "$inputs/addrs1k.txt" eu-addr2line -C -f -i -e "$full"
    table full-1k
fi
if [ -r "$heap" ]; then
    echo "== real-mon: a recorded heap profile, two big modules, Debian's debug files"
    # A real profile is cut short when gperftools' buffer was: the report says so, and that is no failure.
    for i in $(seq "$runs"); do
        measure real-mon memtools /dev/null "$memtools" report "$heap"
        [ "$i" -le "$peer_runs" ] || continue
        if [ -n "${PPROF:-}" ]; then measure real-mon pprof /dev/null "$PPROF" -top $program "$heap"; fi
        if [ -n "$slow" ] && [ "$i" = 1 ] && has google-pprof; then
            gunzip -c "$heap" > "$out/heap"
            measure real-mon google-pprof /dev/null google-pprof --text $program "$out/heap"
        fi
    done
    table real-mon
else
    echo "== real-mon: left out, $heap is not there (MEMTOOLS_SHARED)"
fi
