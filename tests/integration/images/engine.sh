#!/usr/bin/env bash
# usage: engine.sh SUITE
# Unpacks Debian's docker.io of a newer suite into the cache and prints the folder: another engine, which runs beside the machine's own with
# this machine's containerd and runc. Nothing is installed. Needs an engine that has (or makes) the image debian:SUITE.
set -euo pipefail
cd "$(dirname "$0")"
cache=${MEMTOOLS_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/memtools-tests}
root=$cache/docker-$1
mkdir -p "$cache"
exec {lock}>"$root.lock"; flock "$lock"
if [ ! -x "$root/usr/sbin/dockerd" ]; then
    ./build.sh "debian:$1" >&2
    id=$(docker create --label memtools-test=1 "memtools-test/debian:$1" sh -euc \
        'mkdir /got; cd /got; apt-get update -qq; apt-get download -qq docker.io; dpkg -x docker.io_*.deb /engine')
    trap 'docker rm -f "$id" >/dev/null 2>&1 || :' EXIT
    docker start -a "$id" >&2
    rm -rf "$root" "$root.part"
    docker cp "$id":/engine "$root.part" >&2
    mv "$root.part" "$root"
fi
echo "$root"
