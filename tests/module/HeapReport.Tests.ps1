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

Describe 'Compare-HeapProfile' {
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
