<#
.SYNOPSIS
Runs the module's Pester suites and says how many tests passed.
.DESCRIPTION
The last line is always `pester: N passed, N failed, N skipped`. Exits 1 when a test failed or a suite could not run.
.PARAMETER PesterVersion
The Pester to run under; the newest one by default.
.PARAMETER ModulePath
The built module's manifest; out/MemTools/MemTools.psd1 by default.
.PARAMETER Name
Wildcard for the names of suites, for example 'Start-*'.
.PARAMETER Output
Pester's verbosity.
#>
param(
    [string] $PesterVersion,
    [string] $ModulePath = (Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1'),
    [string] $Name = '*',
    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')] [string] $Output = 'Normal'
)
$ErrorActionPreference = 'Stop'
$load = @{ Name = 'Pester' }
if ($PesterVersion) { $load.RequiredVersion = $PesterVersion }
Import-Module @load
$env:MEMTOOLS_MODULE = (Resolve-Path -LiteralPath $ModulePath).ProviderPath

# Suites write into a store and a state folder of their own; the user's are not touched. Downloaded packages are shared.
$sandbox = Join-Path ([IO.Path]::GetTempPath()) "memtools-pester-$PID"
$null = New-Item -ItemType Directory -Path $sandbox
$saved = $env:XDG_DATA_HOME, $env:XDG_STATE_HOME, $env:XDG_CACHE_HOME
$env:XDG_DATA_HOME = Join-Path $sandbox 'data'
$env:XDG_STATE_HOME = Join-Path $sandbox 'state'
$env:XDG_CACHE_HOME = Join-Path $sandbox 'cache'
try {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.Tests.ps1 | Where-Object Name -Like "$Name.Tests.ps1").FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = $Output
    $result = Invoke-Pester -Configuration $configuration
}
finally {
    $env:XDG_DATA_HOME, $env:XDG_STATE_HOME, $env:XDG_CACHE_HOME = $saved
    Remove-Item -LiteralPath $sandbox -Recurse -Force
}
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
'pester: {0} passed, {1} failed, {2} skipped' -f $result.PassedCount, $failed, ($result.SkippedCount + $result.NotRunCount)
exit [int]($failed -gt 0)
