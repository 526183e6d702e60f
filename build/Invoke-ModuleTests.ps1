# Runs the Pester suites of a folder and writes their counts as JSON; called by the build program.
param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $ResultPath)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.TestRegistry.Enabled = $false
$result = Invoke-Pester -Configuration $configuration

# A test that calls Set-ItResult -Skipped -Because has its reason in the error record's message.
$skipped = foreach ($test in @($result.Skipped) + @($result.Inconclusive)) {
    $because = $test.ErrorRecord.Exception.Message | Select-Object -First 1
    if ($because) { $because -replace '^is skipped, because ', '' } else { "marked -Skip: $($test.ExpandedPath)" }
}
$failed = @(
    foreach ($test in $result.Failed) { "$($test.ExpandedPath): $($test.ErrorRecord.Exception.Message -split "`n" | Select-Object -First 1)" }
    foreach ($container in $result.FailedContainers) { "$($container.Item): $($container.ErrorRecord.Exception.Message | Select-Object -First 1)" }
    foreach ($block in $result.FailedBlocks) { "$($block.ExpandedPath) (setup): $($block.ErrorRecord.Exception.Message | Select-Object -First 1)" }
)
[ordered]@{
    passed  = $result.PassedCount
    failed  = $failed
    skipped = @($skipped) + @(1..[Math]::Max(1, $result.NotRunCount) | Where-Object { $result.NotRunCount -gt 0 } | ForEach-Object { 'not run' })
} | ConvertTo-Json -Depth 3 | Set-Content -LiteralPath $ResultPath
