# Servers that never exit, with real processes: heap profiles as a series, checks that a signal lets run, and what grows with repetitions.
BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $server = Join-Path $repository samples/dmserver/prebuilt/dmserver

    # Starts the server under an allocator with profiles and waits for some of them; ends it by SIGTERM, which it handles.
    function Start-GrowingServer {
        param([string] $Allocator, [hashtable] $Option = @{}, [int] $Dumps = 4, [string[]] $ArgumentList)
        $run = Start-WithAllocator $server -ArgumentList $ArgumentList -Allocator $Allocator -HeapProfile -HeapProfileInterval 256KB -AllocatorOption $Option -NoWait
        try {
            for ($i = 0; $i -lt 200; $i++) {
                $run = $run | Wait-AllocatorRun -For 0.1
                if ($run.State -ne 'Running' -or (Get-ChildItem $run.RunPath -Filter heapprofile*.heap).Count -ge $Dumps) { break }
            }
        }
        finally { $run = $run | Stop-AllocatorRun -Signal TERM -KillAfter 20 -PassThru }
        $run
    }
}

Describe 'Growth of a server that never exits' {
    BeforeEach {
        if (-not (Test-Path $server)) { Set-ItResult -Skipped -Because 'the sample server is not at hand' }
    }

    It 'is a series of profiles under <Allocator>' -TestCases @(
        @{ Allocator = 'tcmalloc'; Option = @{}; Count = 'inuse_objects'; Space = 'inuse_space'; Size = 80 }
        @{ Allocator = 'jemalloc'; Option = @{ lg_prof_sample = 0 }; Count = 'inuse_objects'; Space = 'inuse_space'; Size = 80 }
    ) {
        $found = Get-Allocator $Allocator -Installed | Where-Object HeapProfile -EQ Supported
        if (-not $found) { Set-ItResult -Skipped -Because "no $Allocator with a heap profiler is installed" }
        $run = Start-GrowingServer $Allocator $Option -ArgumentList '--requests', '100000000', '--interval', '1'
        $run.ExitCode | Should -Be 0
        $run.HeapProfilePaths.Count | Should -BeGreaterThan 4
        $series = @(Get-HeapProfile $run.HeapProfilePaths)
        $series | Should -HaveCount $run.HeapProfilePaths.Count

        # Of what a request forgets more is live in each dump; the scratch buffers are only allocated once.
        $missed = foreach ($profile in $series) { ($profile | New-HeapReport -SampleType $Space | Where-Object Function -Like 'dm::miss*').Flat }
        $missed | Should -Be ($missed | Sort-Object)
        $missed[-1] | Should -BeGreaterThan $missed[0]
        $growth = Compare-HeapProfile $series[0] $series[-1] | New-HeapReport -SampleType $Space
        $bytes = ($growth | Where-Object Function -Like 'dm::miss*').Flat
        $bytes | Should -Be ($missed[-1] - $missed[0])
        $bytes % $Size | Should -Be 0
        $objects = (Compare-HeapProfile $series[0] $series[-1] | New-HeapReport -SampleType $Count | Where-Object Function -Like 'dm::miss*').Flat
        $objects * $Size | Should -Be $bytes
        $growth.Function -like 'dm::new_session*' | Should -Not -BeNullOrEmpty
        $growth.Function -like 'dm::statistics*' | Should -Not -BeNullOrEmpty
    }

    It 'is a leak check when a signal ends it that it handles' {
        Initialize-Checker
        $run = Start-WithAllocator $server -HeapCheck Normal -NoWait -- --requests 100000000 --interval 1 | Wait-AllocatorRun -For '00:00:01'
        $run.State | Should -Be 'Running'
        $run = $run | Stop-AllocatorRun -Signal TERM -PassThru
        $run.Verdict | Should -Be 'Leaks'
        $report = $run | Get-LeakReport -AsReport
        ($report.Leaks | Where-Object Function -Like 'dm::miss*').Bytes % 80 | Should -Be 0
        $report.Leaks.Function -like 'dm::grow_scratch*' | Should -HaveCount 1
    }

    It 'is not checked, with the reason, when the signal kills it' {
        Initialize-Checker
        $run = Start-WithAllocator $server -HeapCheck Normal -NoWait -- --requests 100000000 --interval 1 | Wait-AllocatorRun -For 0.5
        $run = $run | Stop-AllocatorRun -Signal INT -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
        $run.Signal | Should -Be 'SIGINT'
        $run.Verdict | Should -Be 'NotChecked'
        $run.VerdictReason | Should -Match 'SIGINT'
        "$warnings" | Should -Match 'No leak check ran'
    }
}

Describe '-Repeat' {
    BeforeEach {
        Initialize-Checker
        if (-not (Test-Path $server)) { Set-ItResult -Skipped -Because 'the sample server is not at hand' }
    }

    # Of eight requests, one is refused (128 bytes), two miss (80), one replaces a record or two (64), one asks for statistics (3 of 40); the workers' scratch
    # buffers are lost once. From 48 to 96 requests: 6 sessions, 12 replies, 18 samples, 12 records.
    It 'reports only what grows' {
        $run = Start-WithAllocator $server -HeapCheck Normal -Repeat 96 -Quiet -- --requests '{repeat}'
        $run.Verdict | Should -Be 'Leaks'
        $run.Repeat.Times | Should -Be 96
        $run.Repeat.BaselineTimes | Should -Be 48
        (Get-AllocatorRun $run.Repeat.BaselineRun).ArgumentList | Should -Be '--requests', '48'
        $report = $run | Get-LeakReport -AsReport
        ($report.Leaks | Sort-Object Bytes | ForEach-Object { '{0} {1} {2}' -f ($_.Function -replace '[(<].*'), $_.Bytes, $_.Objects }) |
            Should -Be 'dm::statistics 720 18', 'dm::new_session 768 6', 'dm::Table 768 12', 'dm::miss 960 12'
        $report.Bytes | Should -Be 3216
        $report.VerdictReason | Should -Match '67 bytes for each'
    }

    It 'lets a program pass that leaks only once' {
        $sample = Get-Sample basic_c
        $run = Start-WithAllocator $sample.Path -HeapCheck Normal -Repeat 10 -Quiet -Environment @{ TIMES = '{repeat}' }
        $run.Verdict | Should -Be 'Clean'
        $run.VerdictReason | Should -Match 'Nothing grew from 5 to 10'
        $run | Assert-NoLeak
    }

    It 'is a test of Pester' {
        { & $server --requests $_ } | Should-HaveNoLeak -Repeat 96 -LessThan 3217
        { { & $server --requests $_ } | Should-HaveNoLeak -Repeat 96 } | Should -Throw '3,216 bytes in 48 objects leaked*'
    }

    It 'needs a place for the number, and enough repetitions' {
        { Start-WithAllocator $server -HeapCheck Normal -Repeat 96 -Quiet } | Should -Throw -ErrorId 'RepeatPlaceholderMissing,*'
        { Start-WithAllocator $server -HeapCheck Normal -Repeat 3 -Quiet -- --requests '{repeat}' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}
