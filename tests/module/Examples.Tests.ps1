# Every example of the help is run as it stands, in a folder prepared as the examples expect: the sample server, its reports, an allocator.
BeforeDiscovery {
    Import-Module $(if ($env:MEMTOOLS_MODULE) { $env:MEMTOOLS_MODULE } else { Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1' })
    $examples = foreach ($name in (Get-Module MemTools | ForEach-Object { $_.ExportedCmdlets.Keys; $_.ExportedFunctions.Keys }) | Sort-Object) {
        $number = 0
        foreach ($example in (Get-Help $name -Examples).examples.example) {
            @{ Name = $name; Number = ++$number; Code = $example.code }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $server = Join-Path $repository samples/dmserver/prebuilt/dmserver
    $place = New-Item -ItemType Directory (Join-Path $TestDrive place)
    if (Test-Path $server) { Copy-Item $server (Join-Path $place dmserver) }
    Copy-Item $data/leaky.log (Join-Path $place dmserver.log)
    Copy-Item $data/clean.log (Join-Path $place clean.log)
    Set-Content (Join-Path $place server.0001.heap) 'main;load 100', 'main;small_ones 40'
    Set-Content (Join-Path $place server.0002.heap) 'main;load 100', 'main;small_ones 90'
    # Pages are to be written, not opened in whatever browser there is.
    $savedDisplay = $env:DISPLAY, $env:WAYLAND_DISPLAY
    $env:DISPLAY = $env:WAYLAND_DISPLAY = $null
    Push-Location $place
    Get-LeakReport ./dmserver.log -AsReport -WarningAction Ignore | Export-LeakReport ./before.json
    Get-LeakReport ./dmserver.log -AsReport -WarningAction Ignore | Export-LeakReport ./baseline.json
    Get-LeakReport $data/leakier.log -AsReport -WarningAction Ignore | Export-LeakReport ./after.json
    $prepared = $false
}
AfterAll {
    Pop-Location
    $env:DISPLAY, $env:WAYLAND_DISPLAY = $savedDisplay
}

Describe 'The examples' {
    It 'of <Name> run: number <Number>' -TestCases $examples {
        if (-not (Test-Path $server)) { Set-ItResult -Skipped -Because 'the sample server is not at hand' }
        Initialize-Checker
        if (-not $prepared) {
            # A run and its report for the examples that read one.
            $run = Start-WithAllocator ./dmserver -Allocator tcmalloc -HeapCheck Normal -Quiet
            $run.Verdict | Should -Be 'Leaks'
            Copy-Item $run.ReportPaths $place
            $script:prepared = $true
        }
        if ($Code -match '\bInstall-Allocator' -and $Code -notmatch 'WhatIf') { $global:ProgressPreference = 'SilentlyContinue' }
        if ($Code -match '-Container (?<name>\w+)' -and $Code -notmatch 'WhatIf') {
            $names = try { docker ps --all --format '{{.Names}}' 2>$null } catch { $null }
            if ($names -notcontains $Matches.name) { Set-ItResult -Skipped -Because "no container engine with a container '$($Matches.name)' answers" }
        }
        $global:Error.Clear()
        try { & ([scriptblock]::Create($Code)) 3>$null 6>$null | Out-String | Out-Null }
        catch {
            if ($_.FullyQualifiedErrorId -notmatch '^(HtmlViewerMissing|GraphvizMissing),') { throw }
            Set-ItResult -Skipped -Because $_.Exception.Message
        }
        $global:Error | ForEach-Object ToString | Should -BeNullOrEmpty
    }
}
