#!/usr/bin/env bash
# Addresses of real calls in a program, as a leak report's stacks hold them: addrs50k.txt, and out of those addrs5k.txt and addrs1k.txt,
# one 0xADDRESS a line, ascending; the same on every run.
# usage: bench/symbols/addresses.sh PROGRAM FOLDER        needs objdump (binutils)
set -eu
program=$1 folder=$2
# Selection sampling (Knuth, The Art of Computer Programming 3.4.2, S): every line has the same chance, the order stays.
choose() { awk -v want="$1" -v seed="$2" '{ line[NR] = $0 } END { srand(seed); for (i = 1; i <= NR && want > 0; i++) if (rand() * (NR - i + 1) < want) { print line[i]; want-- } }'; }
calls=$(mktemp)
trap 'rm -f "$calls"' EXIT
# The call itself is what symbolizers are asked for: a return address names the statement after it.
objdump -d --no-show-raw-insn -j .text "$program" | awk '$2 ~ /^call/ { sub(":", "", $1); print "0x" $1 }' > "$calls"
mkdir -p "$folder"
choose 50000 42 < "$calls" > "$folder/addrs50k.txt"
choose 5000 43 < "$folder/addrs50k.txt" > "$folder/addrs5k.txt"
choose 1000 44 < "$folder/addrs5k.txt" > "$folder/addrs1k.txt"
echo "$(wc -l < "$calls") calls in $(basename "$program"), $(wc -l < "$folder/addrs50k.txt") chosen" >&2
