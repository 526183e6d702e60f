# The base class that every cmdlet shares, tried with small cmdlets made here.
BeforeAll {
    . $PSScriptRoot/TestSupport.ps1
    $source = @'
using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using MemTools.Commands;
using MemTools.Reports;
using MemTools.Reports.Errors;

[Cmdlet("Test", "PipelineStreams")]
public sealed class TestPipelineStreams : MemToolsCmdlet
{
    [Parameter] public int Count { get; set; } = 3;
    protected override void Process()
    {
        var main = Environment.CurrentManagedThreadId;
        var result = Await(async token =>
        {
            await Task.Yield();
            var progress = Progress();
            for (int i = 0; i < Count; i++)
            {
                int n = i;
                Verbose("step " + n);
                progress.Report(new ProgressStep("Working", (double)n / Count));
                Post(() => WriteObject(n));
            }
            Warn("careful");
            return Environment.CurrentManagedThreadId != main;
        });
        WriteObject(result ? "other thread" : "same thread");
    }
}

[Cmdlet("Test", "PipelineFailure")]
public sealed class TestPipelineFailure : MemToolsCmdlet
{
    [Parameter(ValueFromPipeline = true)] public string Kind { get; set; } = "";
    [Parameter] public SwitchParameter Terminate { get; set; }
    protected override bool FailuresTerminate { get { return Terminate; } }
    protected override void Process()
    {
        Await(async token =>
        {
            await Task.Yield();
            switch (Kind)
            {
                case "known": throw new MemToolsException("KnownThing", MemToolsErrorCategory.InvalidData, "the text", "the target", "the advice");
                case "denied": throw new UnauthorizedAccessException("no entry");
                case "missing": throw new System.IO.FileNotFoundException("gone");
                case "odd": throw new FormatException("odd");
            }
            return 0;
        });
        WriteObject("after " + Kind);
    }
}

[Cmdlet("Test", "PipelineStop")]
public sealed class TestPipelineStop : MemToolsCmdlet
{
    [Parameter] public SwitchParameter Stubborn { get; set; }
    protected override void Process()
    {
        Await(async token =>
        {
            Post(() => WriteObject("started"));
            if (Stubborn) Thread.Sleep(5000); else await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
    }
}
'@
    $folder = Split-Path $manifest
    # Each Pester file has the process to itself only by chance: the types may be there already.
    if (-not ('TestPipelineStreams' -as [type])) {
        Add-Type -TypeDefinition $source -ReferencedAssemblies (Join-Path $folder MemTools.PowerShell.dll), (Join-Path $folder MemTools.Reports.dll),
            ([psobject].Assembly.Location), System.Runtime, System.Threading, System.Threading.Thread, System.Threading.Tasks, netstandard -CompilerOptions '/nowarn:CS1701,CS1702'
    }
    $null = [Reflection.Assembly]::LoadFrom((Join-Path $folder MemTools.Reports.dll))
    Import-Module -Assembly ([TestPipelineStreams].Assembly)
}

Describe 'The cmdlets'' base' {
    It 'writes on the pipeline thread what core threads post' {
        $verbose = $( $output = Test-PipelineStreams -Verbose -WarningVariable warnings 3>$null ) 4>&1
        $output | Should -Be 0, 1, 2, 'other thread'
        "$verbose" | Should -Be 'step 0 step 1 step 2'
        "$warnings" | Should -Be 'careful'
    }

    It 'loses nothing when far more is posted than the queue holds' {
        (Test-PipelineStreams -Count 20000 3>$null).Count | Should -Be 20001
    }

    It 'lets Select-Object -First end the work' {
        Test-PipelineStreams -Count 100000 | Select-Object -First 2 | Should -Be 0, 1
    }

    It 'lets a script that reads its output fail' {
        { Test-PipelineStreams -Count 100000 | ForEach-Object { throw 'reader' } } | Should -Throw 'reader'
    }

    It 'keeps id, category, target and advice of a core error' {
        $failure = $null
        Test-PipelineFailure -Kind known -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'KnownThing,TestPipelineFailure'
        $failure[0].CategoryInfo.Category | Should -Be 'InvalidData'
        $failure[0].TargetObject | Should -Be 'the target'
        $failure[0].ErrorDetails.RecommendedAction | Should -Be 'the advice'
        "$($failure[0])" | Should -Be 'the text'
    }

    It 'shows the advice in the error view' {
        $text = pwsh -NoProfile -Command "Write-Error -Message text -RecommendedAction 'follow this advice'" 2>&1 | Out-String
        $text | Should -Match 'follow this advice'
    }

    It 'goes on with the next object after an error' {
        'known', 'fine', 'known', 'good' | Test-PipelineFailure -ErrorAction SilentlyContinue | Should -Be 'after fine', 'after good'
    }

    It 'ends the statement where a cmdlet says so' {
        { 'known', 'fine' | Test-PipelineFailure -Terminate } | Should -Throw 'the text' -ErrorId 'KnownThing,TestPipelineFailure'
    }

    It 'respects -ErrorAction Stop' {
        { 'known', 'fine' | Test-PipelineFailure -ErrorAction Stop } | Should -Throw 'the text'
    }

    It 'gives <Kind> the id <Id>' -TestCases @(
        @{ Kind = 'denied'; Id = 'AccessDenied'; Category = 'PermissionDenied' }
        @{ Kind = 'missing'; Id = 'PathNotFound'; Category = 'ObjectNotFound' }
        @{ Kind = 'odd'; Id = 'UnexpectedError'; Category = 'NotSpecified' }
    ) {
        Test-PipelineFailure -Kind $Kind -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -Be "$Id,TestPipelineFailure"
        $failure[0].CategoryInfo.Category | Should -Be $Category
        $failure[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'stops within half a second <Kind>' -TestCases @(
        @{ Kind = 'when the work heeds the token'; Script = 'Test-PipelineStop' }
        @{ Kind = 'when the work is stubborn'; Script = 'Test-PipelineStop -Stubborn' }
    ) {
        Stop-AfterStart -Mark (Join-Path $TestDrive stopping) -ArgumentList ([TestPipelineStreams].Assembly) -Script ([scriptblock]::Create(
            "param(`$mark, `$a) Import-Module -Assembly `$a; $Script | ForEach-Object { Set-Content `$mark `$_ }")) | Should -BeLessThan 0.5
    }
}
