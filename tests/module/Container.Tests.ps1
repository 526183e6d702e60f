# The -Container and -Image parameters on a real engine: the one that docker's command line talks to, with images of tests/integration/images.
BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $imageScript = Join-Path $repository tests/integration/images/build.sh
    $savedHost = $env:DOCKER_HOST

    # Skips the test where no engine answers or the image can neither be found nor made; the suite starts no engine itself.
    function Initialize-Image {
        param([string] $Name)
        if (-not (Get-Command docker -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'docker is not installed' }
        $answer = docker version -f '{{.Server.Version}}' 2>&1
        if ($LASTEXITCODE -ne 0) { Set-ItResult -Skipped -Because "no container engine answers: $answer" }
        docker image inspect "memtools-test/$Name" *> $null
        if ($LASTEXITCODE -ne 0) {
            $said = & $imageScript $Name 2>&1
            if ($LASTEXITCODE -ne 0) { Set-ItResult -Skipped -Because "the image $Name cannot be made: $($said | Select-Object -Last 1)" }
        }
        "memtools-test/$Name"
    }

    # The leaks marked in the test program's source: function, line, objects and bytes.
    $source = Join-Path $repository tests/integration/images/leaky.c
    $planted = Select-String -LiteralPath $source -Pattern '/\* LEAK function=(\w+) objects=(\d+) bytes=(\d+)' | ForEach-Object {
        $groups = $_.Matches[0].Groups
        '{0} leaky.c:{1} {2} {3}' -f $groups[1], $_.LineNumber, $groups[2], $groups[3]
    } | Sort-Object

    function Format-Leak {
        param($Record)
        $Record | ForEach-Object { '{0} {1} {2} {3}' -f $_.Function, (Split-Path -Leaf $_.Location), $_.Objects, $_.Bytes } | Sort-Object
    }

    function Start-TestContainer {
        param([string] $Image, [string[]] $Option = @(), [string[]] $Command = @('sleep', '600'))
        $script:container = docker run -d --label memtools-test=1 @Option $Image @Command
        $script:container
    }
}
AfterAll { $env:DOCKER_HOST = $savedHost }

Describe 'Containers' {
    AfterEach {
        $env:DOCKER_HOST = $savedHost
        if ($script:container) { docker rm -fv $script:container *> $null; $script:container = $null }
    }

    It 'have an allocator installed by their own dnf, and a program checked under it' {
        $name = Start-TestContainer (Initialize-Image rpm:dnf)
        Install-Allocator tcmalloc -Container $name -WhatIf
        docker exec $name rpm -q gperftools-libs *> $null
        $LASTEXITCODE | Should -Not -Be 0
        $allocator = Install-Allocator tcmalloc -Container $name
        $allocator.Package | Should -Be gperftools-libs
        $allocator.Path | Should -BeLike '/usr/lib64/libtcmalloc.so*'
        docker exec $name rpm -q gperftools-libs | Should -BeLike 'gperftools-libs-*'
        $records = Start-WithAllocator -Container $name /app/leaky -HeapCheck normal -HeapCheckEngine Gperftools -Quiet | Get-LeakReport
        Format-Leak $records | Should -Be $planted
    }

    It 'are made of an image, with an allocator lent by this machine, and removed' {
        $image = Initialize-Image rpm:dnf
        Initialize-Checker
        $run = Start-WithAllocator ./leaky -WorkingDirectory /app -Image $image -HeapCheck normal -HeapCheckEngine Gperftools -Quiet
        $run.Target | Should -Be "image:$image"
        $run.Verdict | Should -Be 'Leaks'
        Format-Leak ($run | Get-LeakReport) | Should -Be $planted
        docker ps -aq --filter "label=memtools.run=$($run.Id)" | Should -BeNullOrEmpty
    }

    It 'that others started are read by Get-LeakReport -Container' {
        $name = Start-TestContainer (Initialize-Image debian:allocators) -Option '-e', 'HEAPCHECK=normal', '-e', 'LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4' -Command '/app/leaky'
        docker wait $name *> $null
        Format-Leak (Get-LeakReport -Container $name) | Should -Be $planted
    }

    It 'that are not there end in an error that names them' {
        $null = Initialize-Image debian:bookworm
        { Start-WithAllocator -Container memtools-no-such /bin/true } | Should -Throw -ErrorId 'ContainerNotFound,*'
        { Install-Allocator tcmalloc -Container memtools-no-such -ErrorAction Stop } | Should -Throw -ErrorId 'ContainerNotFound,*'
        { Start-WithAllocator /bin/true -Image memtools-no-such -Pull Never } | Should -Throw -ErrorId 'ImageNotFound,*'
    }

    It 'and images complete from the live engine' {
        $image = Initialize-Image debian:bookworm
        $name = docker inspect -f '{{.Name}}' (Start-TestContainer $image) | ForEach-Object { $_.TrimStart('/') }
        Get-Completion "Start-WithAllocator -Container $($name.Substring(0, 4))" | Should -Contain $name
        Get-Completion 'Start-WithAllocator -Image memtools-test/debian:book' | ForEach-Object { $_.Trim("'") } | Should -Contain $image
    }
}

Describe 'Completion' {
    AfterEach { $env:DOCKER_HOST = $savedHost }

    It 'gives nothing where no engine answers' {
        $env:DOCKER_HOST = "unix://$TestDrive/none.sock"
        Get-Completion 'Start-WithAllocator -Container x' | Should -Not -Contain 'x'
    }

    # The engine takes the connection and never says a word: without a limit the prompt would hang for ever.
    It 'does not wait for an engine that hangs' {
        $path = Join-Path ([IO.Path]::GetTempPath()) "mt-$PID.sock"
        $listener = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
        try {
            $listener.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($path))
            $listener.Listen()
            $env:DOCKER_HOST = "unix://$path"
            @(Get-Completion 'Start-WithAllocator -Container memtools-x') -like 'memtools-x?*' | Should -BeNullOrEmpty
        }
        finally {
            $listener.Dispose()
            Remove-Item -LiteralPath $path -ErrorAction Ignore
        }
    }
}
