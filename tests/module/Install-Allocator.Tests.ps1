BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    # A store of this suite's own: what is removed here is nobody else's.
    $savedHome = $env:XDG_DATA_HOME
    $env:XDG_DATA_HOME = Join-Path $TestDrive store

    # Skips the test where the package manager or the network does not let packages be fetched.
    function Install-ForTest {
        param([string] $Name)
        $installed = Install-Allocator $Name -ErrorVariable failure -ErrorAction SilentlyContinue
        if (-not $installed) { Set-ItResult -Skipped -Because "packages cannot be fetched here: $($failure[0])" }
        $installed
    }
}
AfterAll { $env:XDG_DATA_HOME = $savedHome }

Describe 'Install-Allocator and Uninstall-Allocator' {
    It 'install into the user''s store without touching the system' {
        $allocator = Install-ForTest tcmalloc
        $allocator | Should -BeOfType MemTools.Allocators.Allocator
        $allocator.Path | Should -BeLike "$env:XDG_DATA_HOME/memtools/allocators/tcmalloc/*"
        $allocator.Scope | Should -Be 'CurrentUser'
        (Get-Allocator tcmalloc -Installed)[0].Path | Should -Be $allocator.Path
    }

    It 'provide a library that checks programs' {
        $allocator = Install-ForTest tcmalloc
        if ($allocator.HeapCheck -ne 'Supported') { Set-ItResult -Skipped -Because "the distribution's gperftools $($allocator.Version) has no heap checker" }
        (Start-WithAllocator true -Allocator $allocator -HeapCheck Normal -Quiet).Verdict | Should -Be 'Clean'
    }

    It 'leave alone what is there, and say so' {
        $first = Install-ForTest tcmalloc
        $verbose = $( $again = Install-Allocator tcmalloc -Verbose ) 4>&1 | Out-String
        $again.Path | Should -Be $first.Path
        $verbose | Should -Match 'is there already'
    }

    It 'say the exact commands with -WhatIf and change nothing' {
        $text = Invoke-Pwsh "Install-Allocator mimalloc -WhatIf"
        if ($text.Error) { Set-ItResult -Skipped -Because "the package manager does not know: $($text.Error)" }
        [Text.Encoding]::UTF8.GetString($text.Output) | Should -Match 'What if: Install mimalloc[\s\S]*(apt|dnf|yum|zypper|pacman|apk)'
        Get-ChildItem (Join-Path $env:XDG_DATA_HOME memtools/allocators/mimalloc) -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'install again with -Force, and one -Version' {
        $first = Install-ForTest tcmalloc
        $folder = Split-Path (Split-Path $first.Path)
        $version = Split-Path -Leaf $folder
        Set-Content (Join-Path $folder mark) x
        (Install-Allocator tcmalloc -Version $version).Path | Should -Be $first.Path
        Join-Path $folder mark | Should -Exist
        (Install-Allocator tcmalloc -Version $version -Force).Path | Should -Be $first.Path
        Join-Path $folder mark | Should -Not -Exist
        Install-Allocator tcmalloc -Version 0.0.1 -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PackageVersionNotFound,*'
        Uninstall-Allocator tcmalloc -Version 0.0.1 -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'AllocatorNotInstalled,*'
        $first.Path | Should -Exist
    }

    It 'say with -Scope AllUsers what the system''s package manager would do' {
        $text = Invoke-Pwsh 'Install-Allocator tbbmalloc -Scope AllUsers -WhatIf'
        if ($text.Error) { Set-ItResult -Skipped -Because "the package manager does not know, or may not: $($text.Error)" }
        [Text.Encoding]::UTF8.GetString($text.Output) | Should -Match 'What if: (Install tbbmalloc \(the system of local\)[\s\S]*install|tbbmalloc needs nothing)'
    }

    It 'remove it again' {
        $allocator = Install-ForTest tcmalloc
        Uninstall-Allocator tcmalloc -WhatIf
        $allocator.Path | Should -Exist
        Uninstall-Allocator tcmalloc -Scope CurrentUser -Version (Split-Path -Leaf (Split-Path (Split-Path $allocator.Path)))
        $allocator.Path | Should -Not -Exist
    }

    It 'name what is unknown or not there, and go on' {
        'nosuchallocator', 'jemalloc' | Uninstall-Allocator -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure.FullyQualifiedErrorId | Should -Be 'UnknownAllocator,MemTools.Commands.UninstallAllocatorCommand',
            'AllocatorNotInstalled,MemTools.Commands.UninstallAllocatorCommand'
        Install-Allocator nosuchallocator -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'UnknownAllocator,*'
        $failure[0].TargetObject | Should -Be 'nosuchallocator'
    }

    It 'stop within half a second and leave nothing half-made' {
        $mark = Join-Path $TestDrive installing
        $seconds = Stop-AfterStart -Mark $mark -ArgumentList $env:XDG_DATA_HOME -Within 0.6 -Script {
            param($mark, $data) $env:XDG_DATA_HOME = $data; Set-Content $mark x; Install-Allocator jemalloc
        }
        $seconds | Should -BeLessThan 0.6
        for ($i = 0; $i -lt 100 -and (Get-ChildItem $env:XDG_DATA_HOME -Recurse -Filter *jemalloc* -ErrorAction Ignore); $i++) { Start-Sleep -Milliseconds 100 }
        Get-Allocator jemalloc | Where-Object Scope -EQ CurrentUser | Should -BeNullOrEmpty
    }

    It 'complete names and scopes' {
        Get-Completion 'Install-Allocator je' | Should -Be 'jemalloc'
        Get-Completion 'Install-Allocator x -Scope ' | Should -Be 'AllUsers', 'CurrentUser'
    }
}
