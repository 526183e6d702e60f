BeforeDiscovery {
    # Values are those of make.py beside the profiles: 190 bytes, load 100, parse 50 below it, walk 40.
    $views = @(
        @{ View = 'Text'; Has = '      100B 52.63% 52.63%       150B 78.95%  load' }
        @{ View = 'PerlText'; Has = '*52.6%*load' }
        @{ View = 'Tree'; Has = '                                              150B   100% |   main' }
        @{ View = 'Peek'; Has = '       50B 26.32% 78.95%        50B 26.32%                | parse' }
        @{ View = 'Traces'; Has = '      100B   load' }
        @{ View = 'List'; Has = '*source not found: *load.c' }
        @{ View = 'Dot'; Has = 'N1 `[label="load*100B*' }
        @{ View = 'FlameGraph'; Has = '*<title>parse (50B, 26.32%)</title>*' }
        @{ View = 'Callgrind'; Has = 'fn=(1) load' }
        @{ View = 'Collapsed'; Has = 'main;load;parse 50' }
        @{ View = 'Speedscope'; Has = '*"name":"parse"*"endValue":190*' }
        @{ View = 'Json'; Has = '*"total":190*' }
        @{ View = 'Csv'; Has = '100,52.6316,52.6316,150,78.9474,load,*' }
        @{ View = 'Tags'; Has = '*150B*: 50B' }
        @{ View = 'Raw'; Has = '*50: *' }
        @{ View = 'Comments'; Has = 'a note' }
        @{ View = 'Html'; Has = '<title>heap</title>' }
        @{ View = 'Svg'; Has = '*<svg *' }
    )
}

BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    Set-Location $TestDrive
    $profile190 = Join-Path $repository tests/data/profiles/pprof.pb.gz

    # A pipe that a program writes to in the background: some lines, a pause, the rest.
    function New-SlowPipe {
        param([string] $Name, [string] $Script)
        $pipe = Join-Path $TestDrive $Name
        mkfifo $pipe
        Start-Process sh -ArgumentList '-c', "`"exec > '$pipe'; $Script`""
        $pipe
    }
}

Describe 'New-HeapReport -View <View>' -ForEach $views {
    It 'gives lines, and the same bytes as a file' {
        if ($View -eq 'Svg' -and -not (Get-Command dot -ErrorAction Ignore)) {
            { New-HeapReport $profile190 -View Svg -ErrorAction Stop } | Should -Throw -ErrorId 'GraphvizMissing,*'
            return
        }
        try { $lines = New-HeapReport $profile190 -View $View -Title heap -Pattern 'load|parse' -ErrorAction Stop }
        catch { if ($_.FullyQualifiedErrorId -notlike 'HtmlViewerMissing,*') { throw }; Set-ItResult -Skipped -Because 'this build has no viewer'; return }
        ($lines -like $Has).Count | Should -BeGreaterThan 0 -Because "$Has is in:`n$($lines | Select-Object -First 30 | Out-String)"
        $file = New-HeapReport $profile190 -View $View -Title heap -Pattern 'load|parse' -OutputPath ./view.out
        $file | Should -BeOfType System.IO.FileInfo
        [IO.File]::ReadAllText($file.FullName).TrimEnd("`n") -ceq ($lines -join "`n").TrimEnd("`n") | Should -BeTrue
    }
}

Describe 'New-HeapReport -View <_>' -ForEach 'Pprof', 'TopProto', 'Json', 'Collapsed' {
    It 'writes what reads back with the same sum' {
        $file = New-HeapReport $profile190 -View $_ -OutputPath "./back.$_"
        (New-HeapReport $file.FullName | Measure-Object Flat -Sum).Sum | Should -Be 190
    }
}

Describe 'The options of a report' {
    It '<Name> gives <Functions>' -ForEach @(
        @{ Name = 'Focus'; Options = @{ Focus = '^parse$' }; Functions = 'parse', 'load', 'main' }
        @{ Name = 'Ignore'; Options = @{ Ignore = '^parse$' }; Functions = 'load', 'walk', 'main' }
        @{ Name = 'Hide'; Options = @{ Hide = 'main' }; Functions = 'load', 'parse', 'walk' }
        @{ Name = 'Show'; Options = @{ Show = 'walk' }; Functions = 'walk' }
        @{ Name = 'ShowFrom'; Options = @{ ShowFrom = '^load$' }; Functions = 'load', 'parse' }
        @{ Name = 'PruneFrom'; Options = @{ PruneFrom = '^load$' }; Functions = 'load', 'walk', 'main' }
        @{ Name = 'Cumulative'; Options = @{ Cumulative = $true }; Functions = 'main', 'load', 'parse', 'walk' }
        @{ Name = 'NodeCount'; Options = @{ NodeCount = 2 }; Functions = 'load', 'parse' }
        @{ Name = 'NodeFraction'; Options = @{ NodeFraction = 0.3 }; Functions = 'load', 'main' }
        @{ Name = 'NoTrim'; Options = @{ NodeFraction = 0.3; NoTrim = $true }; Functions = 'load', 'parse', 'walk', 'main' }
        @{ Name = 'TagFocus'; Options = @{ TagFocus = 'bytes=10b' }; Functions = 'walk', 'main' }
        @{ Name = 'TagRoot'; Options = @{ TagRoot = 'thread'; Cumulative = $true; NodeCount = 1 }; Functions = 'main' }
        @{ Name = 'TagLeaf'; Options = @{ TagLeaf = 'thread'; NodeCount = 1 }; Functions = 'worker' }
        @{ Name = 'SampleType'; Options = @{ SampleType = 'inuse_objects' }; Functions = 'walk', 'load', 'parse', 'main' }
    ) {
        (New-HeapReport $profile190 @Options).Function | Should -Be $Functions
    }

    It 'Granularity makes nodes of lines, files and addresses' {
        (New-HeapReport $profile190 -Granularity Lines | Where-Object Function -EQ load).Line | Sort-Object | Should -Be 11, 12
        (New-HeapReport $profile190 -Granularity Files).File | Should -Contain load.c
        (New-HeapReport $profile190 -Granularity Addresses).Label | Should -Contain '0000000000401310 walk walk.c:31'
    }

    It 'DivideBy, RelativePercentages and Unit change the numbers' {
        (New-HeapReport $profile190 -DivideBy 2)[0].Flat | Should -Be 50
        (New-HeapReport $profile190 -Focus walk -RelativePercentages)[0].FlatPercent | Should -Be 100
        New-HeapReport $profile190 -View Text -Unit kB | Should -Contain '    0.10kB 52.63% 52.63%     0.15kB 78.95%  load'
    }

    It 'EdgeFraction and MaxDegree cut edges' {
        New-HeapReport $profile190 -View Tree -EdgeFraction 0.3 | Should -Not -Contain '                                               40B   100% |   main'
        @(New-HeapReport $profile190 -View Dot) -like 'N* -> N*' | Should -HaveCount 3
        @(New-HeapReport $profile190 -View Dot -EdgeFraction 0.5) -like 'N* -> N*' | Should -HaveCount 1
    }

    It 'a wrong name is told with the right ones' {
        $failure = { New-HeapReport $profile190 -SampleType nothing -ErrorAction Stop } | Should -Throw -ErrorId 'SampleTypeUnknown,*' -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*inuse_space*'
        { New-HeapReport $profile190 -Hide '(' -ErrorAction Stop } | Should -Throw -ErrorId 'PatternInvalid,*'
        { New-HeapReport $profile190 -View List -Pattern nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'FunctionNotFound,*'
    }
}

Describe 'A comparison in PowerShell' {
    BeforeAll {
        Set-Content ./one.collapsed 'main;load 100', 'main;walk 40'
        Set-Content ./two.collapsed 'main;load 150', 'main;walk 90'
        $one, $two = Get-HeapProfile ./one.collapsed, ./two.collapsed
    }

    It 'normalizes as pprof does' {
        # 240 become 140: load 87.5, walk 52.5.
        $rows = Compare-HeapProfile $one $two -Normalize | New-HeapReport -NoTrim
        ($rows | Where-Object Function -EQ load).Flat | Should -BeIn -12, -13
        ($rows | Where-Object Function -EQ walk).Flat | Should -BeIn 12, 13
    }

    It 'is drawn as one where everything grew' {
        (Compare-HeapProfile $one $two).IsDifference | Should -BeTrue
        Compare-HeapProfile $one $two | New-HeapReport -View FlameGraph | Out-String | Should -BeLike '*+100*red grew, blue shrank*'
    }
}

Describe 'Long work on heap profiles' {
    It '<_> stops within half a second of Ctrl+C' -ForEach 'Get-HeapProfile', 'New-HeapReport', 'Show-HeapReport' {
        $pipe = New-SlowPipe "silent-$_" "printf 'heap profile: 1: 8 [ 1: 8] @ heapprofile\n'; sleep 30"
        Stop-AfterStart -Mark (Join-Path $TestDrive mark) -ArgumentList $_, $pipe -Script {
            param($mark, $command, $pipe)
            Set-Content $mark x
            & $command $pipe
        } | Should -BeLessThan 0.5
    }

    It 'shows progress while it reads' {
        $rest = Join-Path $TestDrive rest.collapsed
        Set-Content $rest (1..20000).ForEach({ "main;function_with_a_long_name_$_;another_function_$_ 1" })
        $pipe = New-SlowPipe slow "printf 'main;first 1\n'; sleep 1; cat '$rest'"
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            $null = $shell.AddScript({ param($manifest, $pipe) Import-Module $manifest; Get-HeapProfile $pipe }.ToString()).AddArgument($manifest).AddArgument($pipe)
            $shell.Invoke().Totals.Value | Should -Be 20001
            @($shell.Streams.Progress).Activity | Should -Contain 'Reading'
        }
        finally { $shell.Dispose() }
    }
}
