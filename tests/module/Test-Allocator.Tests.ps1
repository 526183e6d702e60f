BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Test-Allocator' {
    It 'has nothing against a dynamic program and a library with a checker' {
        Initialize-Checker
        Test-Allocator true -Allocator tcmalloc -HeapCheck Normal | Where-Object Severity -EQ Blocking | Should -BeNullOrEmpty
        Test-Allocator true -Allocator tcmalloc -HeapCheck Normal -Quiet | Should -BeTrue
    }

    It 'says what a static program would have hidden' {
        Initialize-Checker
        $sample = Get-Sample basic_static
        $finding = Test-Allocator $sample.Path -Allocator tcmalloc -HeapCheck Normal | Where-Object Severity -EQ Blocking | Select-Object -First 1
        $finding | Should -BeOfType MemTools.Allocators.Preflight.PreflightFinding
        $finding.Message | Should -Match 'static'
        $finding.WouldHaveHappened | Should -Not -BeNullOrEmpty
        $finding.Action | Should -Not -BeNullOrEmpty
        Test-Allocator $sample.Path -Allocator tcmalloc -HeapCheck Normal -Quiet | Should -BeFalse
    }

    It 'refuses the same at the start, with the finding''s id' {
        Initialize-Checker
        $sample = Get-Sample basic_static
        $finding = Test-Allocator $sample.Path -Allocator tcmalloc -HeapCheck Normal | Where-Object Severity -EQ Blocking | Select-Object -First 1
        { Start-WithAllocator $sample.Path -Allocator tcmalloc -HeapCheck Normal } | Should -Throw -ErrorId "$($finding.Id),*"
    }

    It 'finds a library without a checker' {
        if (-not (Get-Allocator tcmalloc-minimal -Installed)) { Set-ItResult -Skipped -Because 'tcmalloc-minimal is not installed' }
        Test-Allocator true -Allocator tcmalloc-minimal -HeapCheck Normal -HeapCheckEngine Gperftools -Quiet | Should -BeFalse
    }

    It 'sees the shell in front' {
        Initialize-Checker
        Test-Allocator -Allocator tcmalloc -HeapCheck Normal sh -- -c 'true; true' | Should -Not -BeNullOrEmpty
    }

    It 'looks behind a wrapper at the program in -ArgumentList' {
        Initialize-Checker
        $findings = Test-Allocator timeout -ArgumentList 5, /no/such/program -Allocator tcmalloc -HeapCheck Normal
        $findings.Id | Should -Contain 'ProgramNotFound'
        Test-Allocator timeout -ArgumentList 5, /bin/true -Allocator tcmalloc -HeapCheck Normal -Quiet | Should -BeTrue
    }

    It 'refuses an engine that is none' {
        { Test-Allocator true -HeapCheck Normal -HeapCheckEngine nonsense } | Should -Throw -ErrorId 'UnknownHeapCheckEngine,*'
        Test-Allocator true -HeapCheck Normal -HeapCheckEngine nonsense -Quiet | Should -BeFalse
    }

    It 'takes files from the pipeline' {
        Initialize-Checker
        Get-Item /bin/true | Test-Allocator -Allocator tcmalloc -HeapCheck Normal -Quiet | Should -BeTrue
    }

    It 'finds a program that is not there; that is false with -Quiet' {
        (Test-Allocator /no/such/program).Id | Should -Be 'ProgramNotFound'
        Test-Allocator /no/such/program -Quiet | Should -BeFalse
    }

    It 'starts nothing' {
        Test-Allocator true
        Get-AllocatorRun | Should -BeNullOrEmpty
    }
}
