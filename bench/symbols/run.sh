#!/usr/bin/env bash
# The symbolizer beside its peers, in one run. usage: bench/symbols/run.sh MEMTOOLS INPUTS
# MEMTOOLS: the published command. INPUTS: a folder with ceph-mon.full and addrs5k.txt, addrs50k.txt (0xADDRESS a line).
# Debian: apt-get install ceph-mon ceph-mon-dbg elfutils binutils llvm; eu-unstrip; objcopy --decompress-debug-sections.
set -eu
memtools=$1 inputs=$2
binary=$inputs/ceph-mon.full
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
measure() { # name, input, command…
    local name=$1 input=$2
    shift 2
    /usr/bin/time -f "$name %e s wall, %U+%S s CPU, %M KB" "$@" < "$input" > "$out/$name" 2> "$out/$name.err" || true
    tail -1 "$out/$name.err"
}
for n in 5k 50k; do
    echo "== $n addresses with inlines"
    measure "memtools" "$inputs/addrs$n.txt" "$memtools" symbols --binary "$binary" --format llvm --no-demangle
    command -v llvm-symbolizer > /dev/null && measure "llvm-symbolizer" "$inputs/addrs$n.txt" llvm-symbolizer --no-demangle -e "$binary"
    command -v addr2line > /dev/null && measure "addr2line" "$inputs/addrs$n.txt" addr2line -f -i -e "$binary"
    [ -s "$out/llvm-symbolizer" ] && echo "lines that differ from llvm-symbolizer: $(diff "$out/memtools" "$out/llvm-symbolizer" | grep -c '^<')"
done
