#!/usr/bin/env bash
# Demangles the names of big C++ libraries with MemTools, binutils' c++filt and llvm-cxxfilt, and prints their CPU
# seconds, the ratios, and how many names differ from c++filt's.
# usage: bench/demangle/run.sh [FILE…]        default: libceph-common, libLLVM-14, libstdc++ of Debian
set -eu
cd "$(dirname "$0")/../.."
lib=/usr/lib/x86_64-linux-gnu
[ $# -gt 0 ] || set -- $lib/ceph/libceph-common.so.2 $lib/libLLVM-14.so.1 $lib/libstdc++.so.6
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
for file in "$@"; do
    [ -e "$file" ] || { echo "not here: $file" >&2; continue; }
    { nm -D --without-symbol-versions "$file"; nm "$file" || true; } 2>/dev/null | awk '{print $NF}'
done | grep '^_Z' | sort -u > "$work/once"
for i in 1 2 3 4 5 6 7 8 9 10; do cat "$work/once"; done > "$work/names"
dotnet publish bench/demangle -c Release -v q -nologo -o "$work/bin" > "$work/log" || { cat "$work/log"; exit 1; }

cpu() { # name, command…: prints user + system seconds, the best of three
    local name=$1; shift; local best=
    for i in 1 2 3; do
        s=$( { TIMEFORMAT='%U %S'; time "$@" < "$work/names" > "$work/out.$name"; } 2>&1 | awk '{print $1 + $2}')
        best=$(printf '%s\n%s\n' "$best" "$s" | grep . | sort -g | head -1)
    done
    echo "$best" > "$work/cpu.$name"
}
cpu memtools "$work/bin/demangle-bench" filter
cpu c++filt c++filt --no-recurse-limit
command -v llvm-cxxfilt > /dev/null && cpu llvm-cxxfilt llvm-cxxfilt
echo "$(wc -l < "$work/names") names (each ten times), $(wc -c < "$work/out.memtools" | awk '{printf "%.1f", $1/1e6}') MB written"
printf '%-14s %8s %10s %14s\n' program 'CPU s' MB/s 'of MemTools'"'"'s'
base=$(cat "$work/cpu.memtools")
for name in memtools c++filt llvm-cxxfilt; do
    [ -e "$work/cpu.$name" ] || continue
    awk -v n=$name -v s="$(cat "$work/cpu.$name")" -v b="$base" -v bytes="$(wc -c < "$work/out.$name")" \
        'BEGIN { printf "%-14s %8.2f %10.0f %13.1fx\n", n, s, bytes / 1e6 / s, s / b }'
done
echo "names that differ from c++filt's: $(cmp -s "$work/out.memtools" "$work/out.c++filt" && echo 0 || diff "$work/out.memtools" "$work/out.c++filt" | grep -c '^<')"
"$work/bin/demangle-bench" time 20 < "$work/once"
