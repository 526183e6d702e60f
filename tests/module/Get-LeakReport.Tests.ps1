BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Get-LeakReport' {
    It 'gives one record per stack, most bytes first' {
        $leaks = Get-LeakReport $data/leaky.log
        $leaks | Should -HaveCount 2
        $leaks[0] | Should -BeOfType MemTools.Reports.Model.LeakRecord
        $leaks.Bytes | Should -Be 1024, 376
        $leaks.Objects | Should -Be 1, 4
        $leaks.Function | Should -Be 'make_session', 'copy_name'
        $leaks[0].Stack.Function | Should -Be 'make_session', 'serve', 'main'
        $leaks[0].Fingerprint | Should -Match '^[0-9a-f]{16}'
    }

    It 'gives totals and verdict with -AsReport' {
        $report = Get-LeakReport $data/leaky.log -AsReport
        $report | Should -BeOfType MemTools.Reports.Model.LeakReport
        $report.Verdict | Should -Be 'Leaks'
        $report.Bytes | Should -Be 1400
        $report.Objects | Should -Be 5
        $report.Check | Should -Be '_main_'
        $report.Leaks | Should -HaveCount 2
        $report.Paths | Should -Be (Join-Path $data leaky.log)
    }

    It 'gives nothing and no error for a clean check' {
        Get-LeakReport $data/clean.log -ErrorVariable failure | Should -BeNullOrEmpty
        $failure | Should -BeNullOrEmpty
        (Get-LeakReport $data/clean.log -AsReport).Verdict | Should -Be 'Clean'
        $( Get-LeakReport $data/clean.log -Verbose ) 4>&1 | Out-String | Should -Match 'Clean: 0 bytes'
    }

    It 'makes a report without a check an error, unless that is allowed' {
        $failure = $null
        Get-LeakReport $data/silent.log -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -Be 'NotChecked,MemTools.Commands.GetLeakReportCommand'
        $failure[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure[0].TargetObject | Should -Be (Join-Path $data silent.log)
        $failure[0].ErrorDetails.RecommendedAction | Should -Match 'AllowUnchecked'
        (Get-LeakReport $data/silent.log -AllowUnchecked -AsReport -ErrorVariable failure).Verdict | Should -Be 'NotChecked'
        $failure | Should -BeNullOrEmpty
        { Get-LeakReport $data/silent.log -ErrorAction Stop } | Should -Throw -ErrorId 'NotChecked,*'
    }

    Context 'its input' {
        It 'takes wildcards' {
            Push-Location $data
            try { (Get-LeakReport leak*.log -AsReport).Bytes | Sort-Object | Should -Be 1400, 1824 }
            finally { Pop-Location }
        }

        It 'takes a literal path with characters that are wildcards' {
            $file = Join-Path $TestDrive 'odd[1]*.log'
            [IO.File]::Copy((Join-Path $data leaky.log), $file)
            (Get-LeakReport -LiteralPath $file).Count | Should -Be 2
            (Get-Item -LiteralPath $file | Get-LeakReport).Count | Should -Be 2
        }

        It 'takes files from the pipeline' {
            (Get-ChildItem $data -Filter leak*.log | Get-LeakReport -AsReport).Count | Should -Be 2
        }

        It 'takes text, whole and in lines' {
            $text = Get-Content -Raw $data/leaky.log
            (Get-LeakReport -Text $text).Bytes | Should -Be 1024, 376
            (Get-Content $data/leaky.log | Get-LeakReport).Bytes | Should -Be 1024, 376
            (Get-LeakReport -Text $text -AsReport).Paths | Should -BeNullOrEmpty
        }

        It 'takes reports as objects' {
            (Get-LeakReport $data/leaky.log -AsReport | Get-LeakReport).Bytes | Should -Be 1024, 376
        }

        It 'does not read other providers' {
            { Get-LeakReport env:HOME -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFileSystem,*'
        }

        It 'names <What>' -TestCases @(
            @{ What = 'a file that is not there'; Path = 'nosuch.log'; Id = 'PathNotFound' }
            @{ What = 'an empty file'; Path = 'empty'; Id = 'ReportUnrecognized' }
            @{ What = 'a binary file'; Path = 'binary'; Id = 'ReportUnrecognized' }
        ) {
            [IO.File]::WriteAllBytes((Join-Path $TestDrive empty), @())
            Copy-Item /bin/true (Join-Path $TestDrive binary)
            Get-LeakReport (Join-Path $TestDrive $Path) -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $failure[0].FullyQualifiedErrorId | Should -Be "$Id,MemTools.Commands.GetLeakReportCommand"
            $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'reads the good files when one is bad' {
            Copy-Item /bin/true (Join-Path $TestDrive bad)
            $reports = Get-LeakReport (Join-Path $TestDrive bad), $data/leaky.log -AsReport -ErrorVariable failure -ErrorAction SilentlyContinue
            $reports.Bytes | Should -Be 1400
            $failure | Should -HaveCount 1
            $failure[0].FullyQualifiedErrorId | Should -BeLike 'ReportUnrecognized,*'
        }
    }

    Context 'the samples of real engines' {
        It 'reads <Case> to its truth' -TestCases @(
            @{ Case = 'basic_c' }, @{ Case = 'threads' }, @{ Case = 'many' }
        ) {
            $sample = Get-Sample $Case
            $file = Get-ChildItem (Join-Path $corpus heapcheck-normal $Case) -Filter *-end.heap
            $report = $file | Get-LeakReport -BinaryPath $sample.Path -AsReport
            $report.Bytes | Should -Be $sample.Expected.lost_bytes
            $report.Objects | Should -Be $sample.Expected.lost_objects
        }

        It 'names functions and lines' {
            $sample = Get-Sample basic_c
            $leaks = Get-ChildItem (Join-Path $corpus heapcheck-normal basic_c) -Filter *-end.heap | Get-LeakReport -BinaryPath $sample.Path
            foreach ($site in $sample.Expected.sites | Where-Object kind -EQ definite) {
                $leak = $leaks | Where-Object Function -EQ $site.function
                $leak.Bytes | Should -Be $site.bytes
                $leak.Objects | Should -Be $site.objects
                $leak.Location | Should -BeLike "*$($site.file):$($site.line)"
            }
        }

        It 'waits for a run that still runs' {
            Initialize-Checker
            $sample = Get-Sample basic_c
            $report = Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapCheck Normal -NoWait | Get-LeakReport -AsReport
            $report.Bytes | Should -Be $sample.Expected.lost_bytes
        }

        It 'takes a run by id' {
            Initialize-Checker
            $sample = Get-Sample basic_c
            $run = Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapCheck Normal -Quiet
            $report = Get-LeakReport -Id $run.Id -AsReport
            $report.Run | Should -Be $run.Id
            $report.Bytes | Should -Be $sample.Expected.lost_bytes
        }
    }

    It 'says that no check was asked for' {
        $run = Start-WithAllocator true -Quiet
        $run | Get-LeakReport -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].Exception.Message | Should -Match 'No leak check was asked for'
    }
}
