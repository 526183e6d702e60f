BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    # Stacks of a profile in collapsed form: values are known by eye.
    Set-Location $TestDrive
    Set-Content ./server.0001.heap 'main;load 100', 'main;walk 40', 'main;load;parse 50'
    Set-Content ./server.0002.heap 'main;load 100', 'main;walk 10', 'main;load;parse 90'
}

Describe 'Get-HeapProfile' {
    It 'reads a series in the order of its names' {
        $series = Get-HeapProfile ./server.*.heap
        $series.Index | Should -Be 0, 1
        $series.ForEach({ $_.Totals[0].Value }) | Should -Be 190, 200
    }

    It 'takes files from the pipeline' {
        (Get-ChildItem ./server.0001.heap | Get-HeapProfile).Stacks | Should -Be 3
    }

    It 'names a file that is no profile' {
        Set-Content ./notes.txt 'only words'
        Get-HeapProfile ./notes.txt -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ProfileFormatUnknown,*'
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'survives JSON' {
        $json = Get-HeapProfile ./server.0001.heap | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $json.Totals[0].Value | Should -Be 190
    }
}

Describe 'New-HeapReport' {
    It 'gives rows as objects' {
        $rows = New-HeapReport ./server.0001.heap
        $rows.Function | Should -Be 'load', 'parse', 'walk', 'main'
        $rows[0].Flat, $rows[0].Cum | Should -Be 100, 150
        ($rows | Where-Object Function -EQ main).CumPercent | Should -Be 100
    }

    It 'takes a profile from the pipeline and filters' {
        (Get-HeapProfile ./server.0001.heap | New-HeapReport -Focus parse).Function | Should -Be 'parse', 'load', 'main'
    }

    It 'writes text in pprof''s columns' {
        New-HeapReport ./server.0001.heap -View Text | Should -Contain '       100 52.63% 52.63%        150 78.95%  load'
    }

    It 'writes collapsed stacks that read back' {
        New-HeapReport ./server.0001.heap -View Collapsed | Should -Be 'main;load 100', 'main;load;parse 50', 'main;walk 40'
    }

    It 'writes pprof files that read back' {
        $file = New-HeapReport ./server.0001.heap -View Pprof -OutputPath ./server.pb.gz
        (New-HeapReport $file.FullName).Function | Should -Be 'load', 'parse', 'walk', 'main'
    }

    It 'writes nothing under -WhatIf' {
        New-HeapReport ./server.0001.heap -View Csv -OutputPath ./not.csv -WhatIf
        './not.csv' | Should -Not -Exist
    }

    It 'names a bad expression' {
        { New-HeapReport ./server.0001.heap -Focus '(' -ErrorAction Stop } | Should -Throw -ErrorId 'PatternInvalid,*'
    }
}

Describe 'Options of profiles with labels, threads and columns' {
    BeforeAll {
        # 7 objects, 190 bytes: load 2/100 and 1/50 (with parse), walk 4/40; make.py beside the files describes them.
        $profiles = Join-Path $repository tests/data/profiles
    }

    It 'keeps one thread of jemalloc''s' {
        (Get-HeapProfile $profiles/jemalloc.heap -Thread 1).Totals.Value | Should -Be 4, 40, 4, 40
        { Get-HeapProfile $profiles/jemalloc.heap -Thread 7 -ErrorAction Stop } | Should -Throw -ErrorId 'ThreadNotFound,*'
    }

    It 'shows other columns' {
        (New-HeapReport $profiles/heaptrack.txt -SampleType peak_space | Measure-Object Flat -Sum).Sum | Should -Be 200
        (New-HeapReport $profiles/heaptrack.txt -SampleType alloc_objects | Measure-Object Flat -Sum).Sum | Should -Be 8
    }

    It 'filters by labels and makes frames of them' {
        New-HeapReport $profiles/pprof.pb.gz -TagIgnore thread=worker | Should -BeNullOrEmpty
        (New-HeapReport $profiles/pprof.pb.gz -TagFocus bytes=11: | Measure-Object Flat -Sum).Sum | Should -Be 150
        $rows = New-HeapReport $profiles/pprof.pb.gz -TagRoot thread
        ($rows | Where-Object Function -EQ worker).Cum | Should -Be 190
    }

    It 'gives the mean of each event' {
        (New-HeapReport $profiles/pprof.pb.gz -Mean | Where-Object Function -EQ walk).Flat | Should -Be 10
    }

    It 'cuts what a match called' {
        (New-HeapReport $profiles/pprof.pb.gz -PruneFrom '^load$' | Where-Object Function -EQ load).Flat | Should -Be 150
    }

    It 'writes JSON that reads back' {
        $file = New-HeapReport $profiles/pprof.pb.gz -View Json -OutputPath ./own.json
        (Get-HeapProfile $file.FullName).Totals.Value | Should -Be 7, 190
    }
}

Describe 'Compare-HeapProfile' {
    It 'keeps shares of the base, or leaves out what shrank' {
        $first, $last = Get-HeapProfile ./server.0001.heap, ./server.0002.heap
        $rows = Compare-HeapProfile $first $last -DiffBase | New-HeapReport
        [Math]::Round(($rows | Where-Object Function -EQ parse).FlatPercent, 2) | Should -Be 21.05
        (Compare-HeapProfile $first $last -DropNegative | New-HeapReport).Function | Should -Not -Contain walk
    }

    It 'shows growth and shrinkage' {
        $first, $last = Get-HeapProfile ./server.0001.heap, ./server.0002.heap
        $rows = Compare-HeapProfile $first $last | New-HeapReport
        ($rows | Where-Object Function -EQ parse).Flat | Should -Be 40
        ($rows | Where-Object Function -EQ walk).Flat | Should -Be -30
        ($rows | Where-Object Function -EQ load).Flat | Should -Be 0
    }
}

Describe 'Show-HeapReport' {
    It 'gives the page where there is no desktop' {
        $display, $wayland = $env:DISPLAY, $env:WAYLAND_DISPLAY
        try {
            $env:DISPLAY = $env:WAYLAND_DISPLAY = $null
            try { $page = Show-HeapReport ./server.0001.heap -Title 'a <b> title' -ErrorAction Stop }
            catch { if ($_.FullyQualifiedErrorId -notlike 'HtmlViewerMissing,*') { throw }; Set-ItResult -Skipped -Because 'this build has no viewer'; return }
            Get-Content -Raw $page.FullName | Should -BeLike '*<title>a &lt;b&gt; title</title>*'
            Remove-Item -Recurse $page.DirectoryName
        }
        finally { $env:DISPLAY, $env:WAYLAND_DISPLAY = $display, $wayland }
    }
}
