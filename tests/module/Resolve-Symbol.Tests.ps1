BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    Set-Location $TestDrive
    Set-Content ./named.c '__attribute__((noinline)) int inner(int x) { return x * 3; }', 'int main(int n, char **v) {', '  return inner(n) + 1; }'
    if (Get-Command gcc -ErrorAction Ignore) {
        gcc -g -O1 -no-pie -o named named.c
        $address = (nm named | Select-String ' T inner$').Line.Split()[0]
    }
    function Test-Compiler { if (-not $address) { Set-ItResult -Skipped -Because 'gcc is not installed' } }
}

Describe 'Resolve-Symbol' {
    It 'names function, file and line' {
        Test-Compiler
        $frame = Resolve-Symbol $address -BinaryPath ./named
        $frame.Function | Should -Be inner
        $frame.File | Should -BeLike '*/named.c'
        $frame.Line | Should -Be 1
        $frame.Offset | Should -Be ([Convert]::ToInt64($address, 16))
        $frame.BuildId | Should -Match '^[0-9a-f]{40}$'
    }

    It 'takes numbers and texts from the pipeline, in order' {
        Test-Compiler
        $number = [Convert]::ToInt64($address, 16)
        ($number, "0x$address", $address | Resolve-Symbol -BinaryPath ./named).Function | Should -Be inner, inner, inner
    }

    It 'gives an unknown address without a function' {
        Test-Compiler
        $frame = Resolve-Symbol 0x10 -BinaryPath ./named
        $frame.Function | Should -BeNullOrEmpty
        $frame.Offset | Should -Be 16
    }

    It 'places addresses of a process by its map' {
        Test-Compiler
        $path = (Resolve-Path ./named).ProviderPath
        # The program is linked at 0x400000; this map says that it was loaded 0x10000000 higher.
        $text = readelf -lW named | Select-String 'LOAD\s+(\S+)\s+(\S+).*R E'
        $offset, $virtual = $text.Matches[0].Groups[1, 2].Value.ForEach({ [Convert]::ToInt64($_, 16) })
        $start = $virtual + 0x10000000
        Set-Content ./maps ('{0:x}-{1:x} r-xp {2:x8} 08:01 77 {3}' -f $start, ($start + 0x1000), $offset, $path)
        $frame = Resolve-Symbol ('{0:x}' -f ([Convert]::ToInt64($address, 16) + 0x10000000)) -MapPath ./maps
        $frame.Function | Should -Be inner
        $frame.Module | Should -Be $path
    }

    It 'refuses what is no address and goes on' {
        Test-Compiler
        $frames = 'nonsense', $address | Resolve-Symbol -BinaryPath ./named -ErrorVariable failure -ErrorAction SilentlyContinue
        $frames.Function | Should -Be inner
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'AddressNotUnderstood,*'
    }

    It 'says what is wrong with a file that is no program' {
        Set-Content ./notes.txt 'only words'
        { Resolve-Symbol 1 -BinaryPath ./notes.txt -ErrorAction Stop } | Should -Throw -ErrorId 'NotAnElfFile,*'
    }
}
