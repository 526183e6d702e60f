BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Compare-LeakReport' {
    BeforeAll {
        $PSDefaultParameterValues['*:WarningAction'] = 'SilentlyContinue'
        $before = Get-LeakReport $data/leaky.log -AsReport
        $after = Get-LeakReport $data/leakier.log -AsReport
    }
    AfterAll { $PSDefaultParameterValues.Remove('*:WarningAction') }

    It 'finds what is new and what has grown, new first' {
        $changes = Compare-LeakReport $before $after -ObjectTolerance 0
        $changes[0] | Should -BeOfType MemTools.Reports.Compare.LeakDifference
        $changes.Status | Should -Be 'New', 'Grown'
        $changes.Function | Should -Be 'open_log', 'copy_name'
        $changes[0].Bytes | Should -Be 300
        $changes[0].BaselineBytes | Should -Be 0
        $changes[1].BytesDelta | Should -Be 124
        $changes[1].ObjectsDelta | Should -Be 1
    }

    It 'finds what is fixed and what has shrunk' {
        (Compare-LeakReport $after $before -ObjectTolerance 0).Status | Should -Be 'Shrunk', 'Fixed'
    }

    It 'writes what is the same only when asked' {
        Compare-LeakReport $before $before | Should -BeNullOrEmpty
        (Compare-LeakReport $before $before -IncludeEqual).Status | Should -Be 'Same', 'Same'
    }

    It 'takes paths, reports, records and exports, also from the pipeline' {
        $export = Join-Path $TestDrive before.json
        $before | Export-LeakReport $export
        foreach ($old in $before, "$data/leaky.log", (Get-Item $data/leaky.log), $before.Leaks, $export) {
            ($after | Compare-LeakReport $old -ObjectTolerance 0).Status | Should -Be 'New', 'Grown'
        }
        (Compare-LeakReport $before $after.Leaks -ObjectTolerance 0).Status | Should -Be 'New', 'Grown'
    }

    It 'does not take an unchecked program for a fixed one' {
        Compare-LeakReport $before $data/silent.log -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -Be 'NotChecked,MemTools.Commands.CompareLeakReportCommand'
    }

    It 'names what is no report' {
        { Compare-LeakReport $before 12 } | Should -Throw -ErrorId 'NotALeakReport,*'
    }
}

Describe 'Export-LeakReport and Import-LeakReport' {
    BeforeAll {
        $PSDefaultParameterValues['*:WarningAction'] = 'SilentlyContinue'
        $report = Get-LeakReport $data/leaky.log -AsReport
    }
    AfterAll { $PSDefaultParameterValues.Remove('*:WarningAction') }

    It 'keep everything in JSON' {
        $file = Join-Path $TestDrive report.json
        $report | Export-LeakReport $file
        $back = Import-LeakReport $file
        $back | Should -BeOfType MemTools.Reports.Model.LeakReport
        ($back | ConvertTo-Json -Depth 6) | Should -Be ($report | ConvertTo-Json -Depth 6)
    }

    It 'write the documented names' {
        $file = Join-Path $TestDrive names.json
        $report | Export-LeakReport $file
        $json = Get-Content -Raw $file | ConvertFrom-Json
        $json[0].verdict | Should -Be 'Leaks'
        $json[0].bytes | Should -Be 1400
        $json[0].leaks[0].function | Should -Be 'make_session'
        $json[0].leaks[0].stack[2].function | Should -Be 'main'
    }

    It 'write several reports into one file' {
        $file = Join-Path $TestDrive both.json
        Get-LeakReport $data/leak*.log -AsReport | Export-LeakReport $file
        (Import-LeakReport $file).Bytes | Sort-Object | Should -Be 1400, 1824
    }

    It 'write <Format>' -TestCases @(
        @{ Format = 'Csv'; Expected = 'make_session' }, @{ Format = 'Table'; Expected = 'make_session' }, @{ Format = 'List'; Expected = 'serve' }
    ) {
        $file = $report | Export-LeakReport (Join-Path $TestDrive "report.$Format") -Format $Format -PassThru
        Get-Content -Raw $file | Should -Match $Expected
    }

    It 'respect -WhatIf and -NoClobber, and leave nothing half-written' {
        $file = Join-Path $TestDrive kept.json
        $report | Export-LeakReport $file -WhatIf
        $file | Should -Not -Exist
        Set-Content $file old
        { $report | Export-LeakReport $file -NoClobber } | Should -Throw -ErrorId 'FileExists,*'
        Get-Content $file | Should -Be old
        { $report | Export-LeakReport (Join-Path $TestDrive no/such/folder.json) } | Should -Throw -ErrorId 'PathNotFound,*'
        Get-ChildItem $TestDrive -Filter *.tmp -Recurse | Should -BeNullOrEmpty
    }

    It 'take literal paths' {
        $file = Join-Path $TestDrive 'odd[1].json'
        $report | Export-LeakReport -LiteralPath $file
        (Import-LeakReport -LiteralPath $file).Bytes | Should -Be 1400
        (Get-Item -LiteralPath $file | Import-LeakReport).Bytes | Should -Be 1400
    }

    It 'name a file that is no export' {
        $file = Join-Path $TestDrive broken.json
        Set-Content $file '[{ "verdict": '
        Import-LeakReport $file -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -Be 'ReportMalformed,MemTools.Commands.ImportLeakReportCommand'
        $failure[0].CategoryInfo.Category | Should -BeIn 'ParserError', 'InvalidData'
    }
}
