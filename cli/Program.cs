using MemTools.Cli;
using MemTools.Cli.Infrastructure;

return Invocation.Run(args, Terminal.Standard());
