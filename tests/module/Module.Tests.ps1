BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $folder = Split-Path $manifest
    $module = Get-Module MemTools
}

Describe 'The module' {
    It 'has a valid manifest that names each command' {
        $tested = Test-ModuleManifest $manifest
        $tested.Version | Should -Be $module.Version
        $tested.ExportedCommands.Keys | Sort-Object | Should -Be ($module.ExportedCommands.Keys | Sort-Object)
        $tested.ExportedCommands.Keys | Should -Not -Contain '*'
    }

    It 'exports every cmdlet that it has' {
        $types = [System.Reflection.Assembly]::LoadFrom((Join-Path $folder MemTools.PowerShell.dll)).GetExportedTypes()
        $cmdlets = foreach ($type in $types) {
            foreach ($attribute in $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)) { "$($attribute.VerbName)-$($attribute.NounName)" }
        }
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($cmdlets | Sort-Object)
    }

    It 'uses approved verbs' {
        $verbs = (Get-Verb).Verb
        foreach ($command in $module.ExportedCmdlets.Keys + $module.ExportedFunctions.Keys) { $command.Split('-')[0] | Should -BeIn $verbs }
    }

    It 'brings no assembly but its own' {
        (Get-ChildItem $folder -Filter *.dll).Name | Sort-Object |
            Should -Be 'MemTools.Allocator.dll', 'MemTools.Containers.dll', 'MemTools.PowerShell.dll', 'MemTools.Reports.dll'
    }

    It 'works in a folder elsewhere, and from the top of the repository' {
        $copy = Join-Path $TestDrive Modules/MemTools
        Copy-Item $folder $copy -Recurse
        $pwsh = Invoke-Pwsh "Remove-Module MemTools; Import-Module '$copy'; (Get-Module MemTools).ModuleBase; (Get-Allocator ptmalloc -Installed)[0].Name"
        [Text.Encoding]::UTF8.GetString($pwsh.Output).Trim() -split "`n" | Should -Be $copy, ptmalloc
        $top = Join-Path $repository MemTools.psd1
        if (-not (Test-Path (Join-Path $repository out/MemTools/MemTools.PowerShell.dll))) { Set-ItResult -Skipped -Because 'out/MemTools is not built' }
        $pwsh = Invoke-Pwsh "Remove-Module MemTools; Import-Module '$top'; (Get-Command Get-Allocator).Name; (Get-Allocator ptmalloc -Installed | Format-List | Out-String).Contains('Engines')"
        [Text.Encoding]::UTF8.GetString($pwsh.Output).Trim() -split "`n" | Should -Be Get-Allocator, True
    }

    It 'can be removed and imported again' {
        $pwsh = Invoke-Pwsh "Remove-Module MemTools; Import-Module '$manifest'; (Get-Command -Module MemTools).Count"
        [int][Text.Encoding]::UTF8.GetString($pwsh.Output) | Should -Be $module.ExportedCommands.Count
        $pwsh.Error | Should -BeNullOrEmpty
        $pwsh = Invoke-Pwsh "Import-Module Pester; Remove-Module MemTools; Import-Module '$manifest'"
        $pwsh.Output.Length + $pwsh.Error.Length | Should -Be 0 -Because 'importing says nothing'
    }

    It 'supports -WhatIf and -Confirm where a command changes something' {
        $changing = 'New', 'Install', 'Uninstall', 'Start', 'Stop', 'Remove', 'Export'
        foreach ($command in $module.ExportedCmdlets.Values) {
            $command.Parameters.ContainsKey('WhatIf') | Should -Be ($command.Verb -in $changing) -Because $command.Name
        }
    }

    It 'takes -LiteralPath wherever it takes -Path' {
        foreach ($command in $module.ExportedCmdlets.Values | Where-Object { $_.Parameters.ContainsKey('Path') }) {
            $command.Parameters.ContainsKey('LiteralPath') | Should -BeTrue -Because $command.Name
            $command.Parameters['LiteralPath'].Aliases | Should -Contain 'PSPath' -Because $command.Name
        }
    }
}

Describe 'The help' {
    BeforeDiscovery {
        Import-Module $(if ($env:MEMTOOLS_MODULE) { $env:MEMTOOLS_MODULE } else { Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1' })
        $commands = (Get-Module MemTools | ForEach-Object { $_.ExportedCmdlets.Keys; $_.ExportedFunctions.Keys }) | Sort-Object | ForEach-Object { @{ Name = $_ } }
    }

    It 'of <Name> has a synopsis, a description, every parameter, and two examples' -TestCases $commands {
        $help = Get-Help $Name -Full
        $help.Synopsis | Should -Not -Match "^\s*$Name" -Because 'generated syntax is no synopsis'
        $help.description | Out-String | Should -Not -BeNullOrEmpty
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command $Name).Parameters.Keys | Where-Object { $_ -notin $common }) {
            $described = $help.parameters.parameter | Where-Object name -EQ $parameter
            $described.description | Out-String | Should -Not -BeNullOrEmpty -Because "-$parameter"
        }
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'has about_MemTools and about_MemTools_Errors' {
        $text = Invoke-Pwsh 'Get-Help about_MemTools | Out-String; ''=====''; Get-Help about_MemTools_Errors | Out-String'
        $topics = [Text.Encoding]::UTF8.GetString($text.Output) -split '====='
        $topics[0] | Should -Match 'Start-WithAllocator'
        $topics[1] | Should -Match 'NotChecked \(InvalidOperation\)'
    }

    It 'lists every error id that the sources throw' {
        $sources = Get-ChildItem $repository -Directory | Where-Object Name -In reports, allocator, containers, module |
            ForEach-Object { Get-ChildItem $_ -Filter *.cs -Recurse } | Where-Object FullName -NotMatch '/(obj|bin|help)/'
        if (-not $sources) { Set-ItResult -Skipped -Because 'the sources are not at hand' }
        $ids = ($sources | Get-Content -Raw | Select-String 'new MemToolsException\(\s*"([A-Z]\w+)"' -AllMatches).Matches | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique
        $ids.Count | Should -BeGreaterThan 20
        $listed = Get-Content (Join-Path $folder en-US/about_MemTools_Errors.help.txt) | Select-String '^    ([A-Z]\w+) \(' | ForEach-Object { $_.Matches[0].Groups[1].Value }
        $ids | Where-Object { $_ -notin $listed } | Should -BeNullOrEmpty
    }
}
