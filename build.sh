#!/bin/sh
# The tasks are in build/ (C#), the same for build.ps1: build, demo, test, bench, package, clean.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
command -v dotnet >/dev/null || { echo "build.sh: the .NET 10 SDK is needed (https://dot.net)" >&2; exit 1; }
exec dotnet run --project "$here/build/MemTools.Build.csproj" -c Release -v quiet -- "$@"
