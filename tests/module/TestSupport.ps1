# Dot-sourced by the suites (BeforeAll { . $PSScriptRoot/TestSupport.ps1 }): imports the module and offers what they share.
$manifest = if ($env:MEMTOOLS_MODULE) { $env:MEMTOOLS_MODULE } else { Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1' }
Import-Module $manifest -ErrorAction Stop
$repository = (Resolve-Path (Join-Path $PSScriptRoot '../..')).ProviderPath

# Runs a script block in a runspace of its own and stops it, as Ctrl+C does; gives the seconds that the stop took.
function Stop-AfterStart {
    param([scriptblock] $Script, [scriptblock] $Started = { $true }, [object[]] $ArgumentList = @())
    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule($manifest)
    $shell = [powershell]::Create($state)
    try {
        $null = $shell.AddScript($Script.ToString())
        foreach ($argument in $ArgumentList) { $null = $shell.AddArgument($argument) }
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $pending = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
        $limit = [datetime]::UtcNow.AddSeconds(20)
        while (-not (& $Started $output)) {
            if ($pending.IsCompleted -or [datetime]::UtcNow -gt $limit) { throw "the script did not start: $($shell.Streams.Error)" }
            Start-Sleep -Milliseconds 20
        }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds
    }
    finally {
        $shell.Dispose()
    }
}

# The lines of a formatted object, without colours, on a terminal of 100 columns.
function Format-Plain {
    param([Parameter(ValueFromPipeline)] $InputObject)
    end {
        $saved = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'PlainText'
        try { ($input | Out-String -Width 100) -split "`n" | ForEach-Object TrimEnd | Where-Object { $_ } }
        finally { $PSStyle.OutputRendering = $saved }
    }
}

# What completion offers at the end of a line.
function Get-Completion {
    param([string] $Line)
    [string[]](TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
}
