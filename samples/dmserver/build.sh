#!/bin/sh
# Rebuilds prebuilt/dmserver (x86_64, needs g++). The debug information names the source /src/dmserver/dmserver.cpp wherever this folder lies.
cd "$(dirname "$0")" || exit 1
exec g++ -std=c++17 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -ffile-prefix-map="$PWD"=/src/dmserver \
    -static-libgcc -o prebuilt/dmserver dmserver.cpp -lpthread
