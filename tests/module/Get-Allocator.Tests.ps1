BeforeAll { . $PSScriptRoot/TestSupport.ps1 }

Describe 'Get-Allocator' {
    It 'knows every allocator of the catalogue' {
        $names = (Get-Allocator).Name | Select-Object -Unique
        foreach ($name in 'ptmalloc', 'tcmalloc', 'tcmalloc-minimal', 'tcmalloc-debug', 'jemalloc', 'mimalloc', 'tbbmalloc') {
            $names | Should -Contain $name
        }
    }

    It 'finds the C library''s own allocator, without a heap checker' {
        $allocator = Get-Allocator ptmalloc -Installed | Select-Object -First 1
        $allocator | Should -BeOfType MemTools.Allocators.Allocator
        $allocator.Path | Should -Exist
        $allocator.HeapCheck | Should -Be 'Absent'
        $allocator.Libc | Should -Be 'glibc'
    }

    It 'takes wildcards and names from the pipeline' {
        (Get-Allocator tcmalloc*).Name | Select-Object -Unique | Should -Be 'tcmalloc', 'tcmalloc-minimal', 'tcmalloc-debug'
        ('jemalloc', 'mimalloc' | Get-Allocator).Name | Select-Object -Unique | Should -Be 'jemalloc', 'mimalloc'
        ([pscustomobject]@{ Name = 'jemalloc' } | Get-Allocator).Name | Select-Object -Unique | Should -Be 'jemalloc'
    }

    It 'shows only what is here with -Installed' {
        Get-Allocator -Installed | ForEach-Object { $_.Path | Should -Not -BeNullOrEmpty }
    }

    It 'takes leak engines in with -IncludeEngine' {
        (Get-Allocator).Name | Should -Not -Contain 'valgrind'
        $names = (Get-Allocator -IncludeEngine).Name
        foreach ($name in 'lsan', 'valgrind', 'heaptrack') { $names | Should -Contain $name }
    }

    It 'proves what the library can do' {
        Initialize-Checker
        $allocator = Get-Allocator tcmalloc -Installed | Where-Object HeapCheck -EQ Supported | Select-Object -First 1
        $allocator.HeapProfile | Should -Be 'Supported'
        $allocator.Version | Should -Match '^2\.\d+'
        [version]$allocator.Version | Should -BeLessThan ([version]'2.17')
        $allocator.Engines | Should -Contain 'Gperftools'
        $same = Get-Allocator $allocator.Path
        $same.HeapCheck | Should -Be 'Supported'
        $same.Name | Should -Be 'tcmalloc'
    }

    It 'names an allocator that it does not know, with the nearest one' {
        Get-Allocator tcmaloc -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -Be 'UnknownAllocator,MemTools.Commands.GetAllocatorCommand'
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure[0].TargetObject | Should -Be 'tcmaloc'
        $failure[0].ErrorDetails.RecommendedAction | Should -Match 'tcmalloc'
    }

    It 'names a file that is no library' {
        Get-Allocator /etc/passwd -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'NotAnElfFile,*'
        Get-Allocator ./no/lib.so -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'LibraryNotFound,*'
    }

    It 'completes names' {
        Get-Completion 'Get-Allocator tc' | Should -Be 'tcmalloc', 'tcmalloc-minimal', 'tcmalloc-debug'
    }
}
