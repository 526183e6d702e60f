using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemTools.Cli;
using MemTools.Cli.Infrastructure;

// As in the allocator assembly: no look beside the assembly for the C library, and calls that are compiled ahead of time.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
[assembly: DisableRuntimeMarshalling]

StandardDescriptors.Settle();
return Invocation.Run(args, Terminal.Standard());
