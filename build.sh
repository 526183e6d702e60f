#!/bin/sh
# The tasks are in build/ (C#), the same for build.ps1: build, demo, test, bench, package, clean.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
command -v dotnet >/dev/null || { echo "build.sh: the .NET 10 SDK is needed (https://dot.net)" >&2; exit 1; }
# Where ICU is not installed the SDK starts only so; MemTools itself never needs it.
dotnet --version >/dev/null 2>&1 || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
exec dotnet run --project "$here/build/MemTools.Build.csproj" -c Release -v quiet -- "$@"
