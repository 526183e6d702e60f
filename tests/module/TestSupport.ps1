# Dot-sourced by the suites (BeforeAll { . $PSScriptRoot/TestSupport.ps1 }): imports the module and offers what they share.
$manifest = if ($env:MEMTOOLS_MODULE) { $env:MEMTOOLS_MODULE } else { Join-Path $PSScriptRoot '../../out/MemTools/MemTools.psd1' }
Import-Module $manifest -ErrorAction Stop
$repository = (Resolve-Path (Join-Path $PSScriptRoot '../..')).ProviderPath
$data = Join-Path $PSScriptRoot data

# The suite before may have ended in a folder that is gone.
Set-Location -LiteralPath $PSScriptRoot

# Each suite has its own runs; provisioned libraries and downloads are shared when the runner made a place for them.
$env:XDG_STATE_HOME = Join-Path $TestDrive state
if (-not $env:MEMTOOLS_TEST_SHARED) {
    $env:XDG_DATA_HOME = Join-Path $TestDrive data
    $env:XDG_CACHE_HOME = Join-Path $TestDrive cache
}

# Samples of real programs and engines: ../shared beside the repository, or MEMTOOLS_SHARED.
$corpus = if ($env:MEMTOOLS_SHARED) { Join-Path $env:MEMTOOLS_SHARED corpus } else { Join-Path $repository '../shared/corpus' }

# Skips the test where the samples are not at hand; else gives a program of theirs and the truth about it.
function Get-Sample {
    param([string] $Name)
    $folder = Join-Path $corpus programs $Name
    if (-not (Test-Path $folder)) { Set-ItResult -Skipped -Because 'the sample programs are not at hand: put them at ../shared/corpus or set MEMTOOLS_SHARED' }
    $truth = Join-Path $folder expected.json
    [pscustomobject]@{ Path = Join-Path $folder app; Expected = if (Test-Path $truth) { Get-Content -Raw $truth | ConvertFrom-Json } }
}

# Skips the test where there is no library with a heap checker and none can be installed for the user.
function Initialize-Checker {
    if (-not $script:checker) {
        try {
            $script:checker = Get-Allocator tcmalloc -Installed | Where-Object HeapCheck -EQ Supported | Select-Object -First 1
            if (-not $script:checker) { $script:checker = Install-Allocator tcmalloc -ErrorAction Stop }
        }
        catch { $script:checkerMissing = $_.ToString() }
    }
    if (-not $script:checker) { Set-ItResult -Skipped -Because "no tcmalloc with a heap checker can be had: $script:checkerMissing" }
}

# Runs a script in a PowerShell of its own and gives exit code and raw streams.
function Invoke-Pwsh {
    param([string] $Command, [int] $Seconds = 60)
    $start = [System.Diagnostics.ProcessStartInfo]::new('pwsh')
    foreach ($argument in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$manifest'; $Command") { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $output, $errors = [IO.MemoryStream]::new(), [IO.MemoryStream]::new()
    $copies = $process.StandardOutput.BaseStream.CopyToAsync($output), $process.StandardError.BaseStream.CopyToAsync($errors)
    if (-not $process.WaitForExit($Seconds * 1000)) { $process.Kill($true); throw "pwsh did not end: $Command" }
    [System.Threading.Tasks.Task]::WaitAll($copies)
    [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output.ToArray(); Error = [Text.Encoding]::UTF8.GetString($errors.ToArray()) }
}

# Runs a script block in a runspace of its own and stops it, as Ctrl+C does, once the mark is a file with content; gives the seconds that the stop
# took. The mark's path is the script's first argument. A busy machine may hold up any one stop, so the quickest of up to five counts.
function Stop-AfterStart {
    param([scriptblock] $Script, [string] $Mark, [object[]] $ArgumentList = @(), [double] $Within = 0.5)
    $quickest = [double]::MaxValue
    for ($attempt = 0; $attempt -lt 5 -and $quickest -ge $Within; $attempt++) {
        Remove-Item $Mark -ErrorAction Ignore
        $quickest = [Math]::Min($quickest, (Stop-OnceAfterStart $Script (@($Mark) + $ArgumentList) { (Test-Path $Mark) -and (Get-Content $Mark) }))
    }
    $quickest
}

function Stop-OnceAfterStart {
    param([scriptblock] $Script, [object[]] $ArgumentList, [scriptblock] $Started)
    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule($manifest)
    $shell = [powershell]::Create($state)
    try {
        $null = $shell.AddScript($Script.ToString())
        foreach ($argument in $ArgumentList) { $null = $shell.AddArgument($argument) }
        $pending = $shell.BeginInvoke()
        $limit = [datetime]::UtcNow.AddSeconds(60)
        while (-not (& $Started)) {
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
