# Suppressions and baselines over real runs.
BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $PSDefaultParameterValues['*:WarningAction'] = 'SilentlyContinue'
    $server = Join-Path $repository samples/dmserver/prebuilt/dmserver
    if (Test-Path $server) {
        try { $report = Start-WithAllocator $server -HeapCheck Normal -Quiet -ErrorAction Stop | Get-LeakReport -AsReport -ErrorAction Stop }
        catch { $missing = $_.ToString() }
    }
    else { $missing = 'the sample server is not at hand' }

    # A suppression file in a folder of the test's own.
    function New-SuppressionFile {
        param([string] $Text)
        $file = Join-Path $TestDrive "$([guid]::NewGuid().ToString('N')).supp"
        Set-Content $file $Text
        $file
    }
}
AfterAll { $PSDefaultParameterValues.Remove('*:WarningAction') }

Describe 'Suppressions' {
    BeforeEach { if (-not $report) { Set-ItResult -Skipped -Because "no leak check can be made here: $missing" } }

    It 'of <Form> set leaks aside' -TestCases @(
        @{ Form = 'LeakSanitizer'; Text = "leak:dm::miss" }
        @{ Form = 'valgrind'; Text = "{`n   replies`n   Memcheck:Leak`n   match-leak-kinds: definite`n   ...`n   fun:dm::miss*`n   fun:dm::handle*`n   ...`n   obj:*/dmserver`n}" }
        @{ Form = 'heaptrack'; Text = "leak:dmserver.cpp:93`nleak:*miss*" }
    ) {
        $file = New-SuppressionFile $Text
        $left = $report | Get-LeakReport -AsReport -Suppression $file
        $left.Bytes | Should -Be (4048 - 960)
        $left.Suppressed.Bytes | Should -Be 960
        $left.Suppressed.Status | Should -Be 'Suppressed'
        { $report | Assert-NoLeak -Suppression $file } | Should -Throw '3,088 bytes in 37 objects leaked*'
    }

    It 'say which were used, which matched nothing and which have expired' {
        $file = New-SuppressionFile "# reason: by design`nleak:dm::miss`n# expires: 2020-01-31`nleak:dm::new_session`nleak:nobody"
        $left = $report | Get-LeakReport -AsReport -Suppression $file -WarningVariable warnings
        $left.Suppressions.State | Should -Be 'Used', 'Expired', 'Unused'
        @($left.Suppressions)[0].Reason | Should -Be 'by design'
        $left.Suppressions.Bytes | Should -Be 960, 768, 0
        "$warnings" | Should -Match 'expired on 2020-01-31; it would have matched 768 bytes'
        $left.Bytes | Should -Be (4048 - 960)
    }

    It 'that New-LeakSuppression makes of a record accept it, and only it' {
        $file = Join-Path $TestDrive made.supp
        $report.Leaks | Where-Object Function -Like 'dm::miss*' | New-LeakSuppression -Reason 'ticket 41' -Expires 2999-01-31 -Path $file
        Get-Content -Raw $file | Should -Match '# reason: ticket 41'
        ($report | Get-LeakReport -AsReport -Suppression $file).Suppressed.Function | Should -BeLike 'dm::miss*'
        $report | New-LeakSuppression -Reason 'all of them' -Path $file
        $report | Assert-NoLeak -Suppression $file
        $all = $report | Get-LeakReport -AsReport -Suppression $file
        $all.Verdict | Should -Be 'Clean'
        $report | Should-HaveNoLeak -Suppression $file
        $report | Should -HaveNoLeak -Suppression $file
    }

    It 'are refused with file and line when they are wrong' {
        $file = New-SuppressionFile "leak:fine`nleak:"
        { $report | Assert-NoLeak -Suppression $file } | Should -Throw -ErrorId 'SuppressionMalformed,*'
        { $report | Assert-NoLeak -Suppression $file } | Should -Throw '*line 2*'
    }
}

Describe 'A baseline' {
    BeforeEach { if (-not $report) { Set-ItResult -Skipped -Because "no leak check can be made here: $missing" } }

    It 'holds in the next run, and finds what is more there' {
        $file = Join-Path $TestDrive baseline.json
        $report | Export-LeakReport $file
        Start-WithAllocator $server -HeapCheck Normal -Quiet | Assert-NoLeak -NewSince $file
        $failure = { Start-WithAllocator $server -HeapCheck Normal -Quiet -- --requests 96 | Assert-NoLeak -NewSince $file } | Should -Throw -PassThru
        $failure.TargetObject.Bytes | Should -Be 3216
        $failure.ErrorDetails.Message | Should -Match '^3,216 bytes in 48 objects leaked beyond the baseline'
    }

    It 'made of <Built> holds for the same source built otherwise' -TestCases @(@{ Built = 'basic_c_nopie' }, @{ Built = 'basic_dwarf4' }, @{ Built = 'basic_compressed' }) {
        $file = Join-Path $TestDrive "$Built.json"
        Start-WithAllocator (Get-Sample $Built).Path -HeapCheck Normal -Quiet | Export-LeakReport $file
        (Import-LeakReport $file).Bytes | Should -Be 7036
        $outcome = Start-WithAllocator (Get-Sample basic_c).Path -HeapCheck Normal -Quiet | Assert-NoLeak -NewSince $file -PassThru
        $outcome.Outcome | Should -Be 'Passed'
        $outcome.Known | Should -Be (Import-LeakReport $file).Leaks.Count
    }
}
