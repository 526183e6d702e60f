#!/usr/bin/env bash
# usage: run.sh [ROUNDS] [MEMTOOLS]
# `memtools run --image` against `docker run` of the same program with the same environment, interleaved; then archive throughput.
# Needs an engine and the image memtools-test/debian:allocators (tests/integration/images/build.sh debian:allocators).
set -euo pipefail
rounds=${1:-10}
memtools=${2:-$(dirname "$0")/../../artifacts/bin/MemTools.Cli/debug/memtools}
image=memtools-test/debian:allocators
library=/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4
now() { date +%s%N; }
ours=() theirs=()
"$memtools" run --image $image --heap-check normal -- /app/leaky --clean >/dev/null 2>&1 # learns the image
for _ in $(seq "$rounds"); do
    t=$(now); docker run --rm -e LD_PRELOAD=$library -e HEAPCHECK=normal $image /app/leaky --clean >/dev/null 2>&1; theirs+=($((($(now) - t) / 1000000)))
    t=$(now); "$memtools" run --image $image --heap-check normal -- /app/leaky --clean >/dev/null 2>&1; ours+=($((($(now) - t) / 1000000)))
done
median() { printf '%s\n' "$@" | sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
echo "docker run: median $(median "${theirs[@]}") ms; memtools run --image: median $(median "${ours[@]}") ms; $rounds rounds each"
id=$(docker create $image)
t=$(now); bytes=$(curl -s --unix-socket /var/run/docker.sock "http://d/v1.41/containers/$id/archive?path=/usr" | wc -c); ms=$((($(now) - t) / 1000000))
docker rm "$id" >/dev/null
echo "the engine's archive: $((bytes / 1000 / ms)) MB/s ($bytes bytes)"
