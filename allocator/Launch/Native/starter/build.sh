#!/bin/sh
# Rebuilds the starter for this machine's architecture (CC and ARCH for another one): build.sh
set -eu
cd "$(dirname "$0")"
arch=${ARCH:-$(uname -m)}
${CC:-gcc} -Os -static -nostdlib -nostartfiles -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pic -no-pie \
    -Wall -Wextra -Werror -Wl,--build-id=none,-z,noseparate-code,-z,max-page-size=4096,-z,noexecstack -s -o "starter-$arch" starter.c
