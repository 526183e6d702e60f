#!/bin/sh
# Rebuilds the shim for this machine's architecture (CC and ARCH for another one): build.sh
set -eu
cd "$(dirname "$0")"
arch=${ARCH:-$(uname -m)}
${CC:-gcc} -Os -shared -fPIC -nostdlib -nostartfiles -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fvisibility=hidden \
    -Wall -Wextra -Werror -Wl,--build-id=none,-z,noseparate-code,-z,max-page-size=4096,-z,noexecstack,--hash-style=gnu -s -o "shim-$arch.so" shim.c
