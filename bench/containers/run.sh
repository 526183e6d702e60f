#!/usr/bin/env bash
# usage: ./build.sh bench containers [ROUNDS]
# 1. `memtools run --image` against `docker run` of the same program with the same environment, interleaved.
# 2. The same with 50 runs at once.
# 3. Symbolizing a container's report with nothing in the cache, against the same report of the same program on this machine.
# 4. What the engine's archive gives, and what arrives unpacked in the run's folder.
# Needs an engine, libtcmalloc.so.4 here, and the image memtools-test/debian:allocators (tests/integration/images/build.sh debian:allocators).
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-10}
memtools=${MEMTOOLS:-$PWD/out/memtools/memtools}
image=memtools-test/debian:allocators
library=/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4
socket=/var/run/docker.sock
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
trap 'rm -rf "$work"' EXIT

now() { date +%s%N; }
median() { printf '%s\n' "$@" | sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
fastest() { printf '%s\n' "$@" | sort -n | head -1; }
# Milliseconds of a command, whatever it exits with.
ms() { local t; t=$(now); "$@" >/dev/null 2>&1 || true; echo $((($(now) - t) / 1000000)); }
theirs() { docker run --rm -e LD_PRELOAD=$library -e HEAPCHECK=normal $image /app/leaky --clean; }
ours() { "$memtools" run --image $image --allocator tcmalloc --heap-check normal -- /app/leaky --clean; }
many() { for _ in $(seq 50); do "$1" & done; wait; }

ours >/dev/null 2>&1 # learns the image
a=() b=()
for i in $(seq "$rounds"); do
    # Neither always runs on what the other left behind.
    if ((i % 2)); then a+=("$(ms theirs)"); b+=("$(ms ours)"); else b+=("$(ms ours)"); a+=("$(ms theirs)"); fi
done
x=$(median "${a[@]}") y=$(median "${b[@]}")
echo "one run, $rounds rounds, median (fastest): docker run $x ($(fastest "${a[@]}")) ms, memtools run --image $y ($(fastest "${b[@]}")) ms: $((y - x)) ms or $(((y - x) * 100 / x)) % more"

x=$(ms many theirs) y=$(ms many ours)
echo "50 at once: docker run $x ms, memtools run --image $y ms: $(((y - x) * 100 / x)) % more"

# The report is made once in each place; only its reading is timed. Fetching the binaries belongs to the run in the container.
id=$(docker create $image) && docker cp -q "$id":/app/leaky "$work/leaky" 2>/dev/null || docker cp "$id":/app/leaky "$work/leaky" >/dev/null
c=() h=()
for _ in $(seq 5); do
    XDG_CACHE_HOME=$work/cold$RANDOM "$memtools" run --image $image --allocator tcmalloc --heap-check normal -- /app/leaky >/dev/null 2>"$work/there" || true
    XDG_CACHE_HOME=$work/cold$RANDOM "$memtools" run --allocator tcmalloc --heap-check normal -- "$work/leaky" >/dev/null 2>"$work/here" || true
    run() { sed -n 's/^Run \([^:]*\):.*/\1/p' "$1"; }
    c+=("$(XDG_CACHE_HOME=$work/cold$RANDOM ms "$memtools" leaks --run "$(run "$work/there")")")
    h+=("$(XDG_CACHE_HOME=$work/cold$RANDOM ms "$memtools" leaks --run "$(run "$work/here")")")
done
echo "symbolizing a run's report, median of 5: of a container $(median "${c[@]}") ms, of this machine $(median "${h[@]}") ms"

t=$(now); bytes=$(curl -s --unix-socket $socket "http://d/v1.41/containers/$id/archive?path=/usr" | wc -c); raw=$((($(now) - t) / 1000000))
docker rm "$id" >/dev/null
echo "the engine's archive of /usr: $((bytes / 1000 / raw)) MB/s ($bytes bytes)"
# 600 MB that the program leaves in the report folder, brought over and written: the difference to a run that leaves nothing.
fill() { "$memtools" run --image $image --allocator tcmalloc --heap-check normal -- /bin/sh -c "dd if=/dev/urandom of=/.memtools/big bs=1M count=$1 2>/dev/null; exec /app/leaky --clean"; }
t0=() t1=()
for _ in 1 2 3; do t0+=("$(ms fill 0)"); t1+=("$(ms fill 600)"); done
w=$(ms docker run --rm -v /.memtools $image dd if=/dev/urandom of=/.memtools/big bs=1M count=600) e=$(ms docker run --rm -v /.memtools $image true)
took=$(($(median "${t1[@]}") - $(median "${t0[@]}") - (w - e)))
echo "reports brought over: 629 MB in $took ms, $((629146 / took)) MB/s"
