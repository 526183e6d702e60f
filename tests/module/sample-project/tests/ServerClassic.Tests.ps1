# The same with the operator form, which Pester 5 and 6 both have.
BeforeAll {
    Import-Module MemTools
    $server = $env:SERVER ?? './dmserver'
}

Describe 'The server (operator form)' {
    It 'stays within its budget' {
        Start-WithAllocator $server -HeapCheck Normal -Quiet | Should -HaveNoLeak -LessThan 8KB -MaxObjects 60
    }

    It 'is known to leak' {
        Start-WithAllocator $server -HeapCheck Normal -Quiet | Should -Not -HaveNoLeak
    }
}
