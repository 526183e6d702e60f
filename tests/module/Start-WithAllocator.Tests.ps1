BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Start-WithAllocator' {
    Context 'any program' {
        It 'gives one run, with how it ended, and sets $LASTEXITCODE' {
            $global:LASTEXITCODE = 99
            $run = Start-WithAllocator -Quiet sh -- -c 'exit 7'
            $run | Should -BeOfType MemTools.Allocators.Launch.AllocatorRun
            $run.Count | Should -Be 1
            $run.State | Should -Be 'Exited'
            $run.ExitCode | Should -Be 7
            $run.Signal | Should -BeNullOrEmpty
            $global:LASTEXITCODE | Should -Be 7
            $run.Duration | Should -BeGreaterThan ([timespan]::Zero)
            $run.StartTime | Should -BeOfType ([datetimeoffset])
        }

        It 'names the signal that ended it' {
            $run = Start-WithAllocator -Quiet sh -- -c 'kill -SEGV $$'
            $run.Signal | Should -Be 'SIGSEGV'
            $run.ExitCode | Should -BeNullOrEmpty
            $global:LASTEXITCODE | Should -Be 139
        }

        It 'passes each argument on as it is' {
            $arguments = '%s|', '', 'two words', '"quoted"', "single'", '$HOME', '*', "line`nbreak", 'ünï', '-dash', '\back'
            $run = Start-WithAllocator printf -ArgumentList $arguments -Quiet
            Get-Content -Raw $run.StandardOutputPath | Should -BeExactly (($arguments[1..10] -join '|') + '|')
            $run.ArgumentList | Should -Be $arguments
        }

        It 'takes arguments without a name, also those that look like parameters' {
            $run = Start-WithAllocator /bin/echo one --two -three 4 -Quiet
            (Get-Content $run.StandardOutputPath) | Should -Be 'one --two -three 4'
        }

        It 'starts relative paths from the session''s location, which is the program''s too' {
            $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'a folder')
            Copy-Item /bin/pwd (Join-Path $folder 'my program')
            Push-Location $folder
            try { $run = Start-WithAllocator './my program' -Quiet }
            finally { Pop-Location }
            Get-Content $run.StandardOutputPath | Should -Be $folder.FullName
        }

        It 'takes a working directory' {
            $run = Start-WithAllocator pwd -WorkingDirectory / -Quiet
            Get-Content $run.StandardOutputPath | Should -Be '/'
        }

        It 'sets and removes variables, and keeps no values of them' {
            $env:MEMTOOLS_TEST_INHERITED = 'inherited'
            try {
                $run = Start-WithAllocator -Environment @{ A = 'secret'; MEMTOOLS_TEST_INHERITED = $null } -Quiet sh -- -c 'echo "$A-$MEMTOOLS_TEST_INHERITED-"'
            }
            finally { $env:MEMTOOLS_TEST_INHERITED = $null }
            Get-Content $run.StandardOutputPath | Should -Be 'secret--'
            $run.EnvironmentNames | Should -Contain 'A'
            Get-ChildItem $run.RunPath -Filter *.json | Get-Content -Raw | Should -Not -Match 'secret'
        }

        It 'redirects the streams to files' {
            Push-Location $TestDrive
            try {
                Set-Content in.txt 'from a file'
                Start-WithAllocator -RedirectStandardInput in.txt -RedirectStandardOutput out.txt -RedirectStandardError err.txt sh -- -c 'cat; echo problem >&2' |
                    Should -HaveCount 1
                Get-Content out.txt | Should -Be 'from a file'
                Get-Content err.txt | Should -Be 'problem'
            }
            finally { Pop-Location }
        }

        It 'writes a program''s output to the console byte for byte, apart from the pipeline' {
            $result = Invoke-Pwsh '$null = Start-WithAllocator printf ''\000\377\r\n\303''; $null = Start-WithAllocator sh -- -c ''printf oops >&2'''
            $result.Output | Should -Be @(0, 255, 13, 10, 195)
            $result.Error | Should -Be 'oops'
        }

        It 'shows it by the information stream where there is no console' {
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript("Import-Module '$manifest'; Start-WithAllocator sh -- -c 'echo hello; echo oops >&2'")
                $output = $shell.Invoke()
                $output | Should -HaveCount 1
                ($shell.Streams.Information | Where-Object Tags -Contains StandardOutput) -join '' | Should -Be "hello`n"
                ($shell.Streams.Information | Where-Object Tags -Contains StandardError) -join '' | Should -Be "oops`n"
            }
            finally { $shell.Dispose() }
        }

        It 'takes a file from the pipeline' {
            (Get-Item /bin/true | Start-WithAllocator -Quiet).FilePath | Should -Match '/true$'
        }

        It 'ends it after -Timeout' {
            $run = Start-WithAllocator sleep 30 -Timeout 0.3 -Quiet
            $run.Signal | Should -Be 'SIGTERM'
            $run.EndedBy | Should -Be 'the time limit'
        }

        It 'says its steps in the verbose stream' {
            $verbose = $( $null = Start-WithAllocator true -Verbose -Quiet ) 4>&1 | Out-String
            $verbose | Should -Match 'Started process \d+ as run'
        }

        It 'leaves the program its own streams with -Interactive' {
            $result = Invoke-Pwsh '$run = Start-WithAllocator -Interactive sh -- -c ''readlink /proc/self/fd/1; readlink /proc/$PPID/fd/1''; "kept: $($run.StandardOutputPath)"'
            $lines = [Text.Encoding]::UTF8.GetString($result.Output).Trim() -split "`n"
            $lines[0] | Should -Be $lines[1]
            $lines[2] | Should -Be 'kept:'
        }

        It 'starts nothing with -WhatIf' {
            $before = @(Get-AllocatorRun).Count
            Start-WithAllocator touch (Join-Path $TestDrive touched) -WhatIf | Should -BeNullOrEmpty
            Join-Path $TestDrive touched | Should -Not -Exist
            @(Get-AllocatorRun).Count | Should -Be $before
        }

        It 'returns at once with -NoWait' {
            $run = Start-WithAllocator sleep 30 -NoWait
            try {
                $run.State | Should -Be 'Running'
                (Get-Process -Id $run.ProcessId).Name | Should -Be 'sleep'
            }
            finally { $run | Stop-AllocatorRun -KillAfter 5 }
        }

        It 'gives Ctrl+C to the program within half a second and leaves nothing running' {
            $mark = Join-Path $TestDrive 'ctrl-c'
            $seconds = Stop-AfterStart -Mark $mark -Script {
                param($mark) Start-WithAllocator sh -- -c "trap 'echo interrupted >> $mark; exit 3' INT; echo `$`$ > $mark; while :; do sleep 0.05; done"
            }
            $seconds | Should -BeLessThan 0.5
            $id = [int]@(Get-Content $mark)[0]
            for ($i = 0; $i -lt 100 -and (Get-Process -Id $id -ErrorAction Ignore); $i++) { Start-Sleep -Milliseconds 50 }
            Get-Process -Id $id -ErrorAction Ignore | Should -BeNullOrEmpty
            (Get-Content $mark)[1] | Should -Be 'interrupted'
        }

        It 'kills a program that does not heed Ctrl+C' {
            $mark = Join-Path $TestDrive 'stubborn'
            $null = Stop-AfterStart -Mark $mark -Within ([double]::MaxValue) -Script {
                param($mark) Start-WithAllocator sh -- -c "trap '' INT TERM; echo `$`$ > $mark; while :; do sleep 0.05; done"
            }
            $id = [int]@(Get-Content $mark)[0]
            for ($i = 0; $i -lt 200 -and (Get-Process -Id $id -ErrorAction Ignore); $i++) { Start-Sleep -Milliseconds 50 }
            Get-Process -Id $id -ErrorAction Ignore | Should -BeNullOrEmpty
        }
    }

    Context 'errors' {
        It 'has id, category, target and advice, and ends the statement' {
            $failure = { Start-WithAllocator /no/such/program } | Should -Throw -PassThru
            $failure.FullyQualifiedErrorId | Should -Be 'ProgramNotFound,MemTools.Commands.StartWithAllocatorCommand'
            $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $failure.TargetObject | Should -Be '/no/such/program'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'refuses <What> before anything starts' -TestCases @(
            @{ What = 'an unknown allocator'; Arguments = @{ Allocator = 'tcmaloc' }; Id = 'UnknownAllocator' }
            @{ What = 'an unknown option'; Arguments = @{ Allocator = 'ptmalloc'; AllocatorOption = @{ MALLOC_ARENA_MAXX = 1 } }; Id = 'UnknownAllocatorOption' }
            @{ What = 'an unknown engine'; Arguments = @{ HeapCheck = 'Normal'; HeapCheckEngine = 'nonsense' }; Id = 'UnknownHeapCheckEngine' }
            @{ What = 'a working directory that is not there'; Arguments = @{ WorkingDirectory = '/no/such/folder' }; Id = 'WorkingDirectoryNotFound' }
            @{ What = 'an input file that is not there'; Arguments = @{ RedirectStandardInput = '/no/such/file' }; Id = 'StandardInputNotFound' }
        ) {
            $before = @(Get-AllocatorRun).Count
            { Start-WithAllocator true @Arguments } | Should -Throw -ErrorId "$Id,*"
            @(Get-AllocatorRun).Count | Should -Be $before
        }

        It 'refuses a size or time that is none' {
            { Start-WithAllocator true -HeapProfileInterval '12 apples' } | Should -Throw '*is no size*'
            { Start-WithAllocator true -Timeout soon } | Should -Throw '*is no duration*'
        }
    }

    Context 'with a heap checker' {
        BeforeEach { Initialize-Checker }

        It 'finds what the program leaks' {
            $sample = Get-Sample basic_c
            $run = Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapCheck Normal -Quiet
            $run.Verdict | Should -Be 'Leaks'
            $run.Engine | Should -Be 'Gperftools'
            $run.ExitCode | Should -Be 1
            $run.ReportPaths | Should -HaveCount 1
            $report = $run | Get-LeakReport -AsReport
            $report.Bytes | Should -Be $sample.Expected.lost_bytes
            $report.Objects | Should -Be $sample.Expected.lost_objects
        }

        It 'proves that a program is clean' {
            $run = Start-WithAllocator true -Allocator tcmalloc -HeapCheck Normal -Quiet -ErrorVariable failure
            $run.Verdict | Should -Be 'Clean'
            $failure | Should -BeNullOrEmpty
        }

        It 'takes an Allocator object, and the library''s path' {
            $allocator = Get-Allocator tcmalloc -Installed | Where-Object HeapCheck -EQ Supported | Select-Object -First 1
            (Start-WithAllocator true -Allocator $allocator -HeapCheck Normal -Quiet).Verdict | Should -Be 'Clean'
            (Start-WithAllocator true -Allocator $allocator.Path -HeapCheck as-is -Quiet -AllowUnchecked).HeapCheck | Should -Be 'AsIs'
        }

        It 'says NotChecked as an error when it is the last command, and not in front of another' {
            $failure = $null
            $run = Start-WithAllocator -Allocator tcmalloc -HeapCheck Normal -Quiet -ErrorVariable failure -ErrorAction SilentlyContinue sh -- -c 'kill -KILL $$'
            $run.Verdict | Should -Be 'NotChecked'
            $failure.FullyQualifiedErrorId | Should -Be 'NotChecked,MemTools.Commands.StartWithAllocatorCommand'
            $failure.TargetObject | Should -Be $run.Id
            $failure.ErrorDetails.RecommendedAction | Should -Match 'AllowUnchecked'
            $null = Start-WithAllocator -Allocator tcmalloc -HeapCheck Normal -Quiet -ErrorVariable failure sh -- -c 'kill -KILL $$' | Write-Output
            $failure | Should -BeNullOrEmpty
            $null = Start-WithAllocator -Allocator tcmalloc -HeapCheck Normal -Quiet -AllowUnchecked -ErrorVariable failure sh -- -c 'kill -KILL $$'
            $failure | Should -BeNullOrEmpty
        }

        It 'refuses what cannot be checked' {
            $sample = Get-Sample basic_static
            $before = @(Get-AllocatorRun).Count
            $failure = { Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapCheck Normal } | Should -Throw -PassThru
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            @(Get-AllocatorRun).Count | Should -Be $before
        }

        It 'shows the checker''s lines in the verbose stream only' {
            $verbose = $( $run = Start-WithAllocator true -Allocator tcmalloc -HeapCheck Normal -RedirectStandardError (Join-Path $TestDrive e) -Verbose ) 4>&1 | Out-String
            $verbose | Should -Match 'No leaks found for check "_main_"'
            Get-Content (Join-Path $TestDrive e) | Should -BeNullOrEmpty
            Get-Content -Raw $run.StandardErrorPath | Should -Match 'No leaks found for check "_main_"'
        }

        It 'profiles the heap' {
            $sample = Get-Sample basic_c
            $run = Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapProfile -HeapProfileInterval 64MB -Quiet
            $run.HeapProfilePaths.Count | Should -BeGreaterThan 0
            $run.HeapProfilePaths[0] | Should -Exist
        }

        It 'gives the named options their variables' {
            $run = Start-WithAllocator -Allocator tcmalloc -HeapCheck Normal -TestPointerAlignment -MaxPointerOffset 2KB -MaxFreeQueueSize 1MB -ReclaimMemory $false -Quiet -AllowUnchecked sh -- -c (
                'echo $HEAP_CHECK_TEST_POINTER_ALIGNMENT $HEAP_CHECK_MAX_POINTER_OFFSET $TCMALLOC_MAX_FREE_QUEUE_SIZE $TCMALLOC_RECLAIM_MEMORY')
            Get-Content $run.StandardOutputPath | Should -Be '1 2048 1048576 0'
        }

        It 'runs a program twice with -Repeat and gives the run with more' {
            $run = Start-WithAllocator -Allocator tcmalloc -HeapCheck Normal -Repeat 8 -Quiet -AllowUnchecked sh -- -c 'echo {repeat}'
            $run.Repeat.Times | Should -Be 8
            Get-Content $run.StandardOutputPath | Should -Be '8'
            $first = Get-AllocatorRun $run.Repeat.BaselineRun
            Get-Content $first.StandardOutputPath | Should -Be "$($run.Repeat.BaselineTimes)"
            $run.Repeat.BaselineTimes | Should -BeLessThan 8
        }

        It 'passes options to the allocator' {
            $run = Start-WithAllocator -Allocator tcmalloc -AllocatorOption @{ TCMALLOC_RELEASE_RATE = 10 } -MaxPointerOffset -1 -Quiet sh -- -c 'echo $TCMALLOC_RELEASE_RATE $HEAP_CHECK_MAX_POINTER_OFFSET'
            Get-Content $run.StandardOutputPath | Should -Be '10 -1'
        }
    }

    Context 'completion' {
        It 'offers <Offer> for <Line>' -TestCases @(
            @{ Line = 'Start-WithAllocator x -Allocator jem'; Offer = 'jemalloc' }
            @{ Line = 'Start-WithAllocator x -HeapCheck dr'; Offer = 'Draconian' }
            @{ Line = 'Start-WithAllocator x -HeapCheckEngine val'; Offer = 'Valgrind' }
        ) {
            Get-Completion $Line | Should -Contain $Offer
        }

    }
}
