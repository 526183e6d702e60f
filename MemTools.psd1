@{
    RootModule           = 'out/MemTools/MemTools.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d7b0a2e-8d35-4a5e-9f0e-5a3d9c1b7e42'
    Author               = 'The MemTools authors'
    CompanyName          = 'MemTools'
    Copyright            = '(c) The MemTools authors. MIT License.'
    Description          = 'Checks native programs for leaks under any allocator on Linux, proves that the check ran, and turns reports into objects.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('out/MemTools/MemTools.Format.ps1xml')
    TypesToProcess       = @('out/MemTools/MemTools.Types.ps1xml')
    NestedModules        = @('out/MemTools/Pester/MemTools.Pester.psm1')
    FunctionsToExport    = @('Assert-ProgramHasNoLeak', 'Register-LeakAssertion')
    CmdletsToExport      = @(
        'Get-Allocator', 'Test-Allocator', 'Start-WithAllocator', 'Get-AllocatorRun', 'Wait-AllocatorRun', 'Stop-AllocatorRun', 'Remove-AllocatorRun',
        'Get-LeakReport', 'Assert-NoLeak', 'Compare-LeakReport', 'Export-LeakReport', 'Import-LeakReport', 'New-LeakSuppression', 'Install-Allocator', 'Uninstall-Allocator',
        'Get-HeapProfile', 'Compare-HeapProfile', 'New-HeapReport', 'Show-HeapReport', 'Resolve-Symbol'
    )
    AliasesToExport      = @('Should-HaveNoLeak')
    VariablesToExport    = @()
    PrivateData          = @{ PSData = @{ Tags = @('Linux', 'Memory', 'Leak', 'Allocator', 'tcmalloc', 'jemalloc', 'Profiling') } }
}
