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
.PARAMETER ResultPath
A file that gets the counts, failures and reasons of skips as JSON.
.PARAMETER Output
Pester's verbosity.
#>
param(
    [string] $PesterVersion,
    [string] $ModulePath = (Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1'),
    [string] $Name = '*',
    [string] $ResultPath,
    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')] [string] $Output = 'Normal'
)
$ErrorActionPreference = 'Stop'
$load = @{ Name = 'Pester' }
if ($PesterVersion) { $load.RequiredVersion = $PesterVersion }
Import-Module @load
$env:MEMTOOLS_MODULE = (Resolve-Path -LiteralPath $ModulePath).ProviderPath

# The user's store and cache are not touched; suites share what they provision, each has its own runs.
$sandbox = Join-Path ([IO.Path]::GetTempPath()) "memtools-pester-$PID"
$null = New-Item -ItemType Directory -Path $sandbox
$saved = $env:XDG_DATA_HOME, $env:XDG_STATE_HOME, $env:XDG_CACHE_HOME
$env:XDG_DATA_HOME = Join-Path $sandbox 'data'
$env:MEMTOOLS_TEST_SHARED = '1'
$env:XDG_CACHE_HOME = Join-Path $sandbox 'cache'
try {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.Tests.ps1 | Where-Object Name -Like "$Name.Tests.ps1").FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = $Output
    $configuration.TestRegistry.Enabled = $false
    $result = Invoke-Pester -Configuration $configuration
}
finally {
    $env:XDG_DATA_HOME, $env:XDG_STATE_HOME, $env:XDG_CACHE_HOME = $saved
    $env:MEMTOOLS_TEST_SHARED = $null
    Remove-Item -LiteralPath $sandbox -Recurse -Force
}

# A test that calls Set-ItResult -Skipped -Because has its reason in the error record's message.
$skipped = @(
    foreach ($test in @($result.Skipped) + @($result.Inconclusive)) {
        $because = $test.ErrorRecord.Exception.Message | Select-Object -First 1
        if ($because) { $because -replace '^is skipped, because ' } else { "marked -Skip: $($test.ExpandedPath)" }
    }
)
$failed = @(
    foreach ($test in $result.Failed) { "$($test.ExpandedPath): $($test.ErrorRecord.Exception.Message -split "`n" | Select-Object -First 1)" }
    foreach ($container in $result.FailedContainers) { "$($container.Item): $($container.ErrorRecord.Exception.Message | Select-Object -First 1)" }
    foreach ($block in $result.FailedBlocks) { "$($block.ExpandedPath) (setup): $($block.ErrorRecord.Exception.Message | Select-Object -First 1)" }
)
if ($ResultPath) {
    [ordered]@{ passed = $result.PassedCount; failed = $failed; skipped = $skipped } | ConvertTo-Json -Depth 3 | Set-Content -LiteralPath $ResultPath
}
'pester: {0} passed, {1} failed, {2} skipped' -f $result.PassedCount, $failed.Count, $skipped.Count
exit [int]($failed.Count -gt 0 -or $result.PassedCount -eq 0)
