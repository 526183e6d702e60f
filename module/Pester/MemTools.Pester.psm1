# Assertions for Pester. Should-HaveNoLeak is a command of its own (Pester 6's form); Should -HaveNoLeak is an operator (Pester 5's form, which Pester 6
# still has). Both say what Assert-NoLeak says.

$operator = {
    <#
    .SYNOPSIS
    Asserts that a program did not leak: a run, a report, the path of a report, or a script block that starts a program.
    .EXAMPLE
    Start-WithAllocator ./dmserver -HeapCheck Normal -Quiet | Should -HaveNoLeak -LessThan 1KB
    #>
    param(
        $ActualValue,
        [switch] $Negate,
        $LessThan,
        [long] $MaxObjects,
        [object[]] $NewSince,
        [string[]] $Ignore,
        [string[]] $Module,
        [string[]] $Suppression,
        [string] $Allocator,
        [string] $HeapCheckEngine,
        [int] $Repeat,
        [switch] $AllowUnchecked,
        [string] $Because
    )
    $limits = @{}
    foreach ($name in 'LessThan', 'MaxObjects', 'NewSince', 'Ignore', 'Module', 'Suppression', 'Allocator', 'HeapCheckEngine', 'Repeat', 'AllowUnchecked') {
        if ($PSBoundParameters.ContainsKey($name) -and $null -ne $PSBoundParameters[$name]) { $limits[$name] = $PSBoundParameters[$name] }
    }
    $failure = Test-LeakAssertion -Actual $ActualValue -Limits $limits -Because $Because
    $succeeded = if ($Negate) { $failure -and $failure.FullyQualifiedErrorId -like 'LeaksFound,*' } else { -not $failure }
    $message = if (-not $succeeded) {
        if (-not $Negate -or $failure) { $failure.ErrorDetails.Message } else { "Expected leaks,$(if ($Because) { " because $Because," }) but there were none." }
    }
    [pscustomobject]@{ Succeeded = [bool]$succeeded; FailureMessage = $message; ExpectResult = @{ Expected = 'no leak'; Actual = $message; Because = $Because } }
}

# PowerShell warns of every function whose verb is not on its list, and Should is none; of aliases it does not. (Set-Alias would load another module.)
function Assert-ProgramHasNoLeak {
    <#
    .SYNOPSIS
    Should-HaveNoLeak: asserts that a program did not leak, for Pester.

    .DESCRIPTION
    Takes a run (Start-WithAllocator), a report (Get-LeakReport -AsReport), the path of a report, or a script block. A script block
    that only calls a native program is started under the leak check, without a shell; any other script block is run, and must write runs or reports.

    A program without a completed check fails the test, unless -AllowUnchecked is given: silence is no proof.

    .PARAMETER Actual
    A run, a report, the path of a report, or a script block.

    .PARAMETER LessThan
    Fewer bytes than this pass, for example 1KB or '24 MB'. None pass when neither this nor -MaxObjects is given.

    .PARAMETER MaxObjects
    This many objects pass.

    .PARAMETER NewSince
    A baseline that Export-LeakReport wrote, or a report: only what is new or has grown since counts.

    .PARAMETER Ignore
    Wildcards: leaks with a frame whose function, source file or module matches do not count.

    .PARAMETER Module
    Wildcards: only leaks of matching modules count.

    .PARAMETER Allocator
    The allocator for a script block's program; the best one for the check when left out.

    .PARAMETER Suppression
    Files with known leaks, as docs/suppressions.md describes them.

    .PARAMETER HeapCheckEngine
    The leak engine for a script block's program; the best one when left out.

    .PARAMETER Repeat
    Runs a script block's program with half and with all of so many repetitions, and counts only what grew. In the script block $_ is the number.

    .PARAMETER AllowUnchecked
    A program without a completed check passes.

    .PARAMETER Because
    Why there must be no leak; part of the failure's message.

    .EXAMPLE
    Get-LeakReport ./clean.log -AsReport | Should-HaveNoLeak

    Passes, because the report shows a completed check without leaks.

    .EXAMPLE
    { ./dmserver } | Should-HaveNoLeak -LessThan '8 KB' -Because 'it serves for months'

    Starts the program under the leak check.

    .EXAMPLE
    Start-WithAllocator ./dmserver -HeapCheck Normal -Quiet | Should-HaveNoLeak -Ignore 'dm::*', '*make_session*'

    .EXAMPLE
    { ./dmserver --requests $_ } | Should-HaveNoLeak -Repeat 40 -LessThan 4KB

    Only what grows with the number of requests fails the test.

    .LINK
    Assert-NoLeak
    #>
    [Alias('Should-HaveNoLeak')]
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline)] $Actual,
        $LessThan,
        [long] $MaxObjects,
        [object[]] $NewSince,
        [string[]] $Ignore,
        [string[]] $Module,
        [string[]] $Suppression,
        [string] $Allocator,
        [string] $HeapCheckEngine,
        [int] $Repeat,
        [switch] $AllowUnchecked,
        [string] $Because
    )
    begin { $all = [System.Collections.Generic.List[object]]::new() }
    process { foreach ($item in $Actual) { $all.Add($item) } }
    end {
        $limits = @{}
        foreach ($name in 'LessThan', 'MaxObjects', 'NewSince', 'Ignore', 'Module', 'Suppression', 'Allocator', 'HeapCheckEngine', 'Repeat', 'AllowUnchecked') {
            if ($PSBoundParameters.ContainsKey($name)) { $limits[$name] = $PSBoundParameters[$name] }
        }
        $failure = Test-LeakAssertion -Actual $all -Limits $limits -Because $Because
        # Pester's way for assertions of others (6.2 and later) respects Should.ErrorAction and -ErrorAction (soft assertions) and works in a mock's -ParameterFilter.
        $create = Get-Module Pester | ForEach-Object { $_.ExportedFunctions['New-ShouldAssertion'] } | Select-Object -First 1
        $assert = if ($create) { & $create -Caller $PSCmdlet -Actual $null -As None }
        if (-not $failure) { return }
        $message = $failure.ErrorDetails.Message
        if (-not $assert) {
            # Not by Pester's own error id: its target must be of Pester's making.
            throw [System.Management.Automation.ErrorRecord]::new([Exception]::new($message), ($failure.FullyQualifiedErrorId -replace ',.*'), 'InvalidResult', $failure.TargetObject)
        }
        # Pester puts values in place of these words; here they are C++ template arguments.
        $assert.Fail(($message -creplace '<(expected|actual|expectedType|actualType|options|because)>', '< $1>'), @{ Expected = 'no leak' })
    }
}

# Gives the error that Assert-NoLeak ends with; nothing when there is none to complain of. Errors of other kinds (a path that is not there) pass through.
function Test-LeakAssertion {
    param([object[]] $Actual, [hashtable] $Limits, [string] $Because)
    $Limits = $Limits.Clone()
    $start = @{}
    foreach ($name in 'Allocator', 'HeapCheckEngine', 'Repeat') {
        if ($Limits.ContainsKey($name)) {
            if ($Limits[$name]) { $start[$name] = $Limits[$name] }
            $Limits.Remove($name)
        }
    }
    if ($Because) { $Limits['Because'] = $Because -replace '^\s*because\s+' }
    $reports = foreach ($item in $Actual) { Get-AssertedReport $item $start }
    try {
        if ($reports) { $reports | MemTools\Assert-NoLeak @Limits -ErrorAction Stop }
        else {
            $reason = 'Nothing was checked for leaks: pipe in a run (Start-WithAllocator) or a report (Get-LeakReport -AsReport); Get-LeakReport alone writes nothing for a clean program.'
            $unchecked = [MemTools.Reports.Model.LeakReport]@{ VerdictReason = $reason }
            $unchecked | MemTools\Assert-NoLeak @Limits -ErrorAction Stop
        }
    }
    catch {
        if ($_.FullyQualifiedErrorId -notmatch '^(LeaksFound|NotChecked),') { throw }
        $_
    }
}

function Get-AssertedReport {
    param($Item, [hashtable] $Start = @{})
    $options = @{ AsReport = $true; AllowUnchecked = $true; ErrorAction = 'Stop'; WarningAction = 'SilentlyContinue' }
    switch ($Item) {
        { $_ -is [scriptblock] } {
            foreach ($output in Invoke-AssertedScript $_ $Start) {
                if ($output -is [MemTools.Allocators.Launch.AllocatorRun] -or $output -is [MemTools.Reports.Model.LeakReport]) { Get-AssertedReport $output }
            }
            break
        }
        { $_ -is [string] -or $_ -is [System.IO.FileInfo] } { MemTools\Get-LeakReport -LiteralPath "$_" @options; break }
        { $_ -is [MemTools.Reports.Model.LeakRecord] } {
            [MemTools.Reports.Model.LeakReport]@{ Verdict = 'Leaks'; Leaks = [MemTools.Reports.Model.LeakRecord[]]$_; Bytes = $_.Bytes; Objects = $_.Objects }
            break
        }
        { $null -ne $_ } { $_ | MemTools\Get-LeakReport @options }
    }
}

# { ./program arguments } is started under the check; any other script block is run as it is. With -Repeat, $_ is the number of repetitions.
function Invoke-AssertedScript {
    param([scriptblock] $Script, [hashtable] $Start)
    $number = if ($Start.Repeat) { '{repeat}' }
    $command = Get-NativeCommand $Script $number
    if (-not $command) {
        if ($Start.Repeat) { throw 'With -Repeat the script block must be one call of a program, such as { ./dmserver --requests $_ }.' }
        return & $Script
    }
    $options = @{ HeapCheck = 'Normal'; Quiet = $true; AllowUnchecked = $true; WarningAction = 'SilentlyContinue' } + $Start
    # PowerShell itself works the words out, in the place where the script block was written and so with its variables.
    $words = @(Invoke-BoundText $Script (($command.CommandElements | ForEach-Object { ConvertTo-Expression $_ }) -join '; ') $number)
    $options.FilePath = "$($words[0])"
    if ($words.Count -gt 1) { $options.ArgumentList = [string[]]$words[1..($words.Count - 1)] }
    MemTools\Start-WithAllocator @options
}

# The one command of a script block when it is a native program; else nothing.
function Get-NativeCommand {
    param([scriptblock] $Script, $Number)
    $statements = $Script.Ast.EndBlock.Statements
    if ($statements.Count -ne 1 -or $statements[0] -isnot [System.Management.Automation.Language.PipelineAst]) { return }
    $elements = $statements[0].PipelineElements
    if ($elements.Count -ne 1 -or $elements[0] -isnot [System.Management.Automation.Language.CommandAst] -or $elements[0].Redirections) { return }
    $name = $elements[0].CommandElements[0] | ForEach-Object { Invoke-BoundText $Script (ConvertTo-Expression $_) $Number }
    $known = if ($name -is [string]) { Get-Command $name -ErrorAction Ignore | Select-Object -First 1 }
    if ($known.CommandType -eq 'Application') { $elements[0] }
}

# A word of a command line as an expression with the same value.
function ConvertTo-Expression {
    param([System.Management.Automation.Language.CommandElementAst] $Element)
    $text = $Element.Extent.Text
    switch ($Element) {
        { $_ -is [System.Management.Automation.Language.CommandParameterAst] } { '"' + ($text -replace '"', '`"') + '"'; break }
        { $_ -is [System.Management.Automation.Language.StringConstantExpressionAst] } { "'" + $_.Value.Replace("'", "''") + "'"; break }
        { $_ -is [System.Management.Automation.Language.ExpandableStringExpressionAst] -and $_.StringConstantType -eq 'BareWord' } { '"' + ($text -replace '"', '`"') + '"'; break }
        { $_ -is [System.Management.Automation.Language.VariableExpressionAst] -and $_.Splatted } { '$' + $text.Substring(1); break }
        { $_ -is [System.Management.Automation.Language.ConstantExpressionAst] } { "'" + $text.Replace("'", "''") + "'"; break }
        default { $text }
    }
}

# Runs a text that sees what a script block sees, $_ included; Pester binds script blocks the same way.
function Invoke-BoundText {
    param([scriptblock] $Like, [string] $Text, $Number)
    $script = [scriptblock]::Create($Text)
    $state = [scriptblock].GetProperty('SessionStateInternal', [System.Reflection.BindingFlags]'Instance, NonPublic')
    $state.SetValue($script, $state.GetValue($Like))
    $script.InvokeWithContext($null, [psvariable]::new('_', $Number))
}

function Register-LeakAssertion {
    <#
    .SYNOPSIS
    Makes Should -HaveNoLeak known to Pester.

    .DESCRIPTION
    Importing MemTools does this when Pester is there already, as in a test's BeforeAll. Only where MemTools was imported before Pester does it need
    to be called.

    .EXAMPLE
    Register-LeakAssertion

    Does nothing when the operator is known already.

    .EXAMPLE
    if (Get-Module Pester) { Register-LeakAssertion }

    .LINK
    Should-HaveNoLeak
    #>
    [CmdletBinding()]
    param()
    if (-not (Get-Module Pester)) { throw 'Pester is not imported: Import-Module Pester first.' }
    if (-not (Pester\Get-ShouldOperator | Where-Object Name -EQ HaveNoLeak)) {
        Pester\Add-ShouldOperator -Name HaveNoLeak -Test $operator -SupportsArrayInput
    }
}

if (Get-Module Pester) { Register-LeakAssertion }
Export-ModuleMember -Function Assert-ProgramHasNoLeak, Register-LeakAssertion -Alias Should-HaveNoLeak
