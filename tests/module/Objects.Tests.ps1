# What comes out must survive being formatted, converted, exported and sent.
BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $PSDefaultParameterValues['*:WarningAction'] = 'SilentlyContinue'
    $report = Get-LeakReport $data/leaky.log -AsReport
    $run = Start-WithAllocator printf 'a b' -Quiet
    $objects = @{
        Allocator        = Get-Allocator ptmalloc -Installed | Select-Object -First 1
        AllocatorRun     = $run
        LeakReport       = $report
        LeakRecord       = $report.Leaks[0]
        StackFrame       = $report.Leaks[0].Stack[0]
        LeakDifference   = Compare-LeakReport $report (Get-LeakReport $data/leakier.log -AsReport) -ObjectTolerance 0 | Select-Object -First 1
        PreflightFinding = [MemTools.Allocators.Preflight.PreflightFinding]@{
            Id = 'StaticProgram'; Severity = 'Blocking'; Subject = '/srv/app'; Action = 'Link it dynamically.'
            Message = 'The program /srv/app is linked statically: nothing can be preloaded into it, whatever the environment says, and nothing would say so.'
        }
    }
}
AfterAll { $PSDefaultParameterValues.Remove('*:WarningAction') }

Describe 'Objects' {
    Context '<Kind>' -ForEach @(
        @{ Kind = 'Allocator'; Header = 'Name +Version +Scope +HeapCheck +HeapProfile +Path' }
        @{ Kind = 'AllocatorRun'; Header = 'Id +State +Verdict +Exit +Duration +Peak +Program' }
        @{ Kind = 'LeakReport'; Header = 'Verdict +Bytes +Objects +Stacks +Engine +Check +Process +Program' }
        @{ Kind = 'LeakRecord'; Header = 'Bytes +Objects +Kind +Function +Location' }
        @{ Kind = 'LeakDifference'; Header = 'Status +Bytes +Change +Objects +Function +Location' }
        @{ Kind = 'StackFrame'; Header = 'Function +Line +Module' }
        @{ Kind = 'PreflightFinding'; Header = 'Severity +Id +Message' }
    ) {
        It 'has a table of 100 columns' {
            $lines = $objects[$Kind] | Format-Table | Format-Plain
            $lines[0] | Should -Match $Header
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 100
        }

        It 'has the same table after Clixml' {
            $file = Join-Path $TestDrive "$Kind.xml"
            $objects[$Kind] | Export-Clixml $file
            Import-Clixml $file | Format-Table | Format-Plain | Should -Be ($objects[$Kind] | Format-Table | Format-Plain)
        }

        It 'has a list' {
            ($objects[$Kind] | Format-List | Format-Plain).Count | Should -BeGreaterThan 3
        }

        It 'has lists that can be indexed' {
            $objects[$Kind] | Should -HaveCount 1
            foreach ($property in $objects[$Kind].psobject.Properties | Where-Object { $_.Value -is [System.Collections.ICollection] -and $_.Value -isnot [System.Collections.IDictionary] }) {
                $type = $property.Value.GetType()
                $type.IsArray -or $type.GetDefaultMembers().Count -gt 0 | Should -BeTrue -Because "$Kind.$($property.Name) is a $type"
            }
        }

        It 'survives ConvertTo-Json' {
            $back = $objects[$Kind] | ConvertTo-Json -Depth 6 -EnumsAsStrings -WarningVariable cut | ConvertFrom-Json
            $cut | Should -BeNullOrEmpty
            foreach ($property in $objects[$Kind].psobject.Properties | Where-Object { $_.Value -is [string] -or $_.Value -is [long] -or $_.Value -is [enum] }) {
                "$($back.($property.Name))" | Should -Be "$($property.Value)"
            }
        }

        It 'survives Export-Csv' {
            $file = Join-Path $TestDrive "$Kind.csv"
            $objects[$Kind] | Export-Csv $file
            $back = Import-Csv $file
            foreach ($property in $objects[$Kind].psobject.Properties | Where-Object { $_.Value -is [string] -or $_.Value -is [long] -or $_.Value -is [enum] }) {
                $back.($property.Name) | Should -Be "$($property.Value)"
            }
        }
    }

    It 'keep their stacks in Clixml' {
        $file = Join-Path $TestDrive stacks.xml
        $report | Export-Clixml $file
        $back = Import-Clixml $file
        $back.Leaks[0].Stack[2].Function | Should -Be 'main'
        $back.Leaks[0].Bytes | Should -Be 1024
        $report.Leaks | Export-Clixml $file
        (Import-Clixml $file)[1].Stack.Function | Should -Be 'copy_name', 'serve', 'main'
    }

    It 'keep their stacks through a job' {
        $job = Start-Job { param($module, $log) Import-Module $module; Get-LeakReport $log } -ArgumentList $manifest, "$data/leaky.log"
        $leaks = $job | Receive-Job -Wait -AutoRemoveJob
        $leaks[0].Stack[0].Function | Should -Be 'make_session'
        ($leaks | Format-Table | Format-Plain)[0] | Should -Match 'Bytes +Objects +Kind'
    }

    It 'have a stack that reads as one line in CSV' {
        ($report.Leaks | ConvertTo-Csv | ConvertFrom-Csv)[0].Stack | Should -Be 'make_session < serve < main'
    }

    It 'show the stack in the list of a record' {
        $text = $report.Leaks[0] | Format-List | Format-Plain
        $text | Should -Contain 'Stack       : make_session'
        $text | Should -Contain '              main'
    }

    It 'shorten a long location in tables to the file and line' {
        $record = [MemTools.Reports.Model.LeakRecord]@{ Bytes = 1; Objects = 1; Function = 'f'; Location = '/a/very/long/path/to/a/folder/of/sources/file.cpp:12' }
        $record | Format-Table | Format-Plain | Select-Object -Last 1 | Should -Match ' file\.cpp:12$'
    }

    It 'fold the template arguments of a long C++ name in tables, and keep the object''s name whole' {
        $name = 'tree(std::map<int, std::string, std::less<int>, std::allocator<std::pair<int const, std::string> > >*)'
        $record = [MemTools.Reports.Model.LeakRecord]@{ Bytes = 1; Objects = 1; Function = $name; Location = 'file.cpp:12' }
        $record | Format-Table | Format-Plain | Select-Object -Last 1 | Should -Match ' tree\(std::map<…>\*\) +file\.cpp:12$'
        $record.Function | Should -Be $name
    }
}
