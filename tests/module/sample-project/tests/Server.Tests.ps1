# The suite of a project that uses MemTools: a server must not leak more than it always did.
BeforeAll {
    Import-Module MemTools
    $server = $env:SERVER ?? './dmserver'
    $baseline = Join-Path $PSScriptRoot leaks.json
}

Describe 'The server' {
    It 'leaks nothing new' {
        Start-WithAllocator $server -HeapCheck Normal -Quiet | Should-HaveNoLeak -NewSince $baseline
    }

    It 'stays within its budget' {
        { & $server --requests 48 } | Should-HaveNoLeak -LessThan '8 KB' -Because 'it serves for months'
    }

    It 'leaks nothing outside of its own code' {
        Start-WithAllocator $server -HeapCheck Normal -Quiet | Should-HaveNoLeak -Ignore 'dm::*'
    }
}
