#!/usr/bin/env pwsh
# The tasks are in build/ (C#), the same for build.sh: build, demo, test, bench, package, clean.
if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) {
    throw 'The .NET 10 SDK is needed (https://dot.net).'
}
dotnet run --project (Join-Path $PSScriptRoot 'build/MemTools.Build.csproj') -c Release -v quiet -- @args
exit $LASTEXITCODE
