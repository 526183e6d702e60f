#!/usr/bin/env bash
# usage: build.sh IMAGE... | all | clean
# Makes the test images memtools-test/* in the engine that docker talks to. No registry is needed: root file systems come from mmdebstrap
# and Debian's packages. An image whose recipe has not changed is kept. Root file systems are cached in $MEMTOOLS_IMAGE_CACHE.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cache=${MEMTOOLS_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/memtools-tests}
mkdir -p "$cache"
prefix=memtools-test
label=memtools-test.recipe
# The archive that this machine itself installs from; its security archive stands beside it.
main_repo=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sed -n 's#^https\?://##; s#/$##; 1p')

recipe() { cat "$here/build.sh" "$here"/leaky.c "$here"/recipes/*.sh | sha256sum | cut -c1-16; }
wanted=$(recipe)
have() { [ "$(docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$prefix/$1" 2>/dev/null)" = "$wanted" ]; }
say() { echo "image $1: $2" >&2; }

# A root file system of Debian: SUITE
debian_tar() {
    local tar="$cache/$1.tar" sources="$cache/$1.list"
    [ -s "$tar" ] && { echo "$tar"; return; }
    { echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://$main_repo $1 main"
      [ "$1" = sid ] || echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://$main_repo-security $1-security main"; } >"$sources"
    mmdebstrap --variant=minbase --mode=root --format=tar --include=ca-certificates \
        --aptopt='Acquire::Check-Valid-Until "false"' "$1" "$tar.part" "$sources" >"$tar.log" 2>&1 || { tail -20 "$tar.log" >&2; return 1; }
    mv "$tar.part" "$tar"
    echo "$tar"
}

# The test program, for the machine's libc: linked as asked. PROGRAM COMPILER FLAGS...
program() {
    local out="$cache/$1"; shift
    local cc=$1; shift
    [ "$out" -nt leaky.c ] && { echo "$out"; return; }
    "$cc" -g -O1 -fno-omit-frame-pointer -Wall "-fdebug-prefix-map=$here=/src" "$@" -o "$out.$$" "$here/leaky.c" >&2
    mv "$out.$$" "$out"
    echo "$out"
}

need() { # COMMAND PACKAGE...
    local command=$1; shift
    command -v "$command" >/dev/null && return
    apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@" >&2
}

# Runs a recipe in a container of an image and keeps the result: BASE NAME RECIPE [MORE docker create arguments]
layer() {
    local base=$1 name=$2 script=$3; shift 3
    local id log="$cache/${name//:/-}.log"
    id=$(docker create --label memtools-test=1 "$@" "$prefix/$base" sh /recipes/"$script")
    docker cp recipes "$id":/recipes >/dev/null
    docker cp "$(program leaky gcc)" "$id":/leaky >/dev/null
    case $name in rpm:*) docker cp "$cache/repo" "$id":/repo >/dev/null ;; esac
    if ! docker start -a "$id" >"$log" 2>&1; then
        tail -30 "$log" >&2; docker rm -f "$id" >/dev/null; return 1
    fi
    docker commit -c "LABEL $label=$wanted" -c 'CMD ["/bin/sh"]' "$id" "$prefix/$name" >/dev/null
    docker rm -f "$id" >/dev/null
}

make_debian() { # SUITE
    local tar; tar=$(debian_tar "$1")
    docker import -c 'CMD ["/bin/bash"]' "$tar" "$prefix/base:$1" >/dev/null
    layer "base:$1" "debian:$1" debian.sh
}

make() {
    have "$1" && return
    # Several tests or processes may ask for the same image; different ones are made side by side.
    local start=$SECONDS lock
    exec {lock}>"$cache/.lock-${1//:/-}"; flock "$lock"
    have "$1" || make_held "$1"
    exec {lock}>&-
    say "$1" "made in $((SECONDS - start)) s"
}

make_held() {
    case $1 in
        debian:bookworm | debian:trixie | debian:sid) need mmdebstrap mmdebstrap; make_debian "${1#debian:}" ;;
        debian:allocators) make debian:bookworm; layer debian:bookworm "$1" allocators.sh ;;
        trixie:allocators | sid:allocators) make "debian:${1%:*}"; layer "debian:${1%:*}" "$1" allocators.sh ;;
        repo:rpm)
            make debian:bookworm
            rm -rf "$cache/repo"
            local id; id=$(docker create --label memtools-test=1 "$prefix/debian:bookworm" sh /recipes/rpm-repo.sh)
            docker cp recipes "$id":/recipes >/dev/null
            docker start -a "$id" >"$cache/rpm-repo.log" 2>&1 || { tail -30 "$cache/rpm-repo.log" >&2; return 1; }
            docker cp "$id":/repo "$cache/repo"; docker rm -f "$id" >/dev/null
            # The marker image says which recipe the repository in the cache was made by.
            tar -C "$cache/repo" -c RPM-GPG-KEY | docker import -c "LABEL $label=$wanted" - "$prefix/$1" >/dev/null ;;
        rpm:dnf) make repo:rpm; layer debian:bookworm "$1" dnf.sh ;;
        rpm:dnf5) make repo:rpm; make debian:sid; layer debian:sid "$1" dnf5.sh ;;
        rpm:zypper) make repo:rpm; layer debian:bookworm "$1" zypper.sh ;;
        arch:pacman) make debian:bookworm; layer debian:bookworm "$1" pacman.sh ;;
        musl:latest)
            need musl-gcc musl-tools; need busybox busybox-static
            local root; root=$(mktemp -d)
            mkdir -p "$root"/{app,bin,lib,etc,tmp,usr/lib}; chmod 1777 "$root/tmp"
            cp "$(readlink -f /lib/ld-musl-x86_64.so.1 2>/dev/null || echo /usr/lib/x86_64-linux-musl/libc.so)" "$root/lib/ld-musl-x86_64.so.1"
            cp "$(program leaky-musl musl-gcc)" "$root/app/leaky"
            cp "$(command -v busybox)" "$root/bin/busybox"
            for tool in sh ls cat env uname mkdir kill id tar sleep; do ln -s busybox "$root/bin/$tool"; done
            printf 'NAME="Memtools musl Linux"\nID=memtools-musl\nID_LIKE=alpine\n' >"$root/etc/os-release"
            tar -C "$root" -c . | docker import -c 'CMD ["/bin/sh"]' -c "LABEL $label=$wanted" - "$prefix/$1" >/dev/null
            rm -rf "$root" ;;
        distroless:latest | distroless:static)
            local root leaky; root=$(mktemp -d)
            mkdir -p "$root"/{app,etc,tmp}; chmod 1777 "$root/tmp"
            echo 'root:x:0:0:root:/root:/sbin/nologin' >"$root/etc/passwd"
            echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >>"$root/etc/passwd"
            if [ "$1" = distroless:static ]; then cp "$(program leaky-static gcc -static)" "$root/app/leaky"; else
                leaky=$(program leaky gcc); cp "$leaky" "$root/app/leaky"
                # Of the Debian image, not of this machine: its libc is what the other images have.
                local id; id=$(docker create --label memtools-test=1 "$prefix/debian:bookworm")
                mkdir -p "$root/lib64" "$root/lib/x86_64-linux-gnu"
                docker cp -L "$id":/lib64/ld-linux-x86-64.so.2 "$root/lib64/"
                for library in libc.so.6 libm.so.6 libstdc++.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0; do
                    docker cp -L "$id":/usr/lib/x86_64-linux-gnu/$library "$root/lib/x86_64-linux-gnu/" 2>/dev/null || docker cp -L "$id":/lib/x86_64-linux-gnu/$library "$root/lib/x86_64-linux-gnu/"
                done
                docker rm -f "$id" >/dev/null
            fi
            tar -C "$root" -c . | docker import -c 'ENTRYPOINT ["/app/leaky"]' -c 'USER 65532' -c "LABEL $label=$wanted" - "$prefix/$1" >/dev/null
            rm -rf "$root" ;;
        small:allocators)
            make debian:allocators
            local root id; root=$(mktemp -d)
            id=$(docker create --label memtools-test=1 "$prefix/debian:allocators" sh /recipes/small.sh)
            docker cp recipes "$id":/recipes >/dev/null
            docker start -a "$id" >&2
            docker cp "$id":/small/. "$root" >/dev/null; docker rm -f "$id" >/dev/null
            tar -C "$root" -c . | docker import -c 'CMD ["/bin/sh"]' -c "LABEL $label=$wanted" - "$prefix/$1" >/dev/null
            rm -rf "$root" ;;
        *) echo "unknown image $1" >&2; return 1 ;;
    esac
}

# Each line after the one before it; the images of a line side by side.
everything="debian:bookworm debian:trixie debian:sid
repo:rpm debian:allocators arch:pacman trixie:allocators sid:allocators distroless:latest distroless:static musl:latest
rpm:dnf rpm:zypper rpm:dnf5 small:allocators"
side_by_side=${MEMTOOLS_IMAGE_JOBS:-3}
case ${1:-all} in
    clean)
        docker ps -aq --filter label=memtools-test | xargs -r docker rm -f >/dev/null
        docker images -q "$prefix/*" | sort -u | xargs -r docker rmi -f >/dev/null
        rm -rf "$cache" ;;
    all)
        # Installed before, because apt-get takes one at a time.
        need mmdebstrap mmdebstrap; need musl-gcc musl-tools; need busybox busybox-static
        failed=0
        while read -r line; do
            printf '%s\n' $line | xargs -P "$side_by_side" -n 1 "$here/build.sh" --alone || failed=1
        done <<<"$everything"
        exit $failed ;;
    --alone) make "$2" ;;
    *) for image in "$@"; do make "$image"; done ;;
esac
