using System.CommandLine;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Removes what install provisioned.</summary>
internal sealed class UninstallCommand : CliCommand
{
    private readonly Argument<string[]> _names = ProvisioningOptions.Names("allocators or leak engines");
    private readonly Setting<InstallScope?> _scope = ProvisioningOptions.Scope();
    private readonly Option<string?> _version = Values.Text("--version", "VERSION", "one version of the store (default: all)");
    private readonly Setting<bool> _force = Values.Flag("--force", "remove from the system even what other packages need; they go too");
    private readonly Setting<bool> _whatIf = Values.Flag("--what-if", "only print the commands that would run");

    public override IReadOnlyList<Example> Examples =>
    [
        new("uninstall tcmalloc", "from your own store"),
        new("uninstall jemalloc --scope all-users --what-if", "prints what the package manager would be told"),
    ];

    public override Command Define() => new("uninstall") { _names, _scope, _version, _force, _whatIf };

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        foreach (var name in options.GetRequiredValue(_names))
        {
            var request = new UninstallRequest
            {
                Name = name, Scope = options.GetValue(_scope), Version = options.GetValue(_version), Force = options.GetValue(_force),
            };
            if (options.GetValue(_whatIf))
            {
                ProvisioningOptions.Print(context.Terminal, await Provisioner.PlanUninstallAsync(request, LocalTarget.Instance, context.Cancellation));
                continue;
            }

            var done = await Provisioner.UninstallAsync(request, LocalTarget.Instance, new CommandSteps(context.Terminal), context.Cancellation);
            context.Terminal.Error.WriteLine($"Removed {done.Name}{(done.Folder is null ? "" : $" ({done.Folder})")}.");
        }

        return ExitCodes.Success;
    }
}
