using System.CommandLine;
using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Containers;
using MemTools.Containers.Provisioning;
using MemTools.Containers.Targets;
using MemTools.Reports;

namespace MemTools.Cli.Commands;

/// <summary>Provisions allocators and leak engines.</summary>
internal sealed class InstallCommand : CliCommand
{
    private readonly Argument<string[]> _names = ProvisioningOptions.Names("allocators or leak engines of the catalogue");
    private readonly Setting<InstallScope?> _scope = ProvisioningOptions.Scope();
    private readonly Option<string?> _version = Values.Text("--version", "VERSION", "a version that the package manager has: the package's or upstream's (default: the newest)");
    private readonly Setting<bool> _force = Values.Flag("--force", "install again what is there already");
    private readonly Setting<bool> _whatIf = Values.Flag("--what-if", "only print the commands that would run");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("table", ("table", OutputFormat.Table), ("json", OutputFormat.Json));

    private readonly Option<string?> _container = Values.Text("--container", "NAME", "install into this running container");
    private readonly Option<string?> _image = Values.Text("--image", "NAME", "make a new image of this one, with the allocator installed");
    private readonly Option<string?> _tag = Values.Text("--tag", "TAG", "the new image's tag or name");
    private readonly Option<string?> _user = Values.Text("--user", "USER", "the user in the container");
    private readonly Setting<InstallMethod> _method = Values.Choice(
        "--method", "into containers and images: their package manager, or a copy from this machine", InstallMethod.Auto, ("auto", InstallMethod.Auto),
        ("package-manager", InstallMethod.PackageManager), ("copy", InstallMethod.Copy));

    public override IReadOnlyList<Example> Examples =>
    [
        new("install tcmalloc --container web", "by the container's own package manager"),
        new("install tcmalloc --image shop/server:1.4 --tag 1.4-tcmalloc", "makes a new image; nothing is overwritten"),
        new("install tcmalloc", "into your own store, without root"),
        new("install tcmalloc jemalloc --scope all-users", "by the system's package manager, with sudo when needed"),
        new("install tcmalloc --what-if", "prints the exact commands and changes nothing"),
    ];

    public override string Remarks =>
        "By default the distribution's package is fetched, verified as the package manager does, and unpacked into $XDG_DATA_HOME/memtools/allocators; nothing of "
        + "the system changes. What is there already is left alone.";

    public override Command Define() => new("install") { _names, _scope, _version, _force, _whatIf, _format, _container, _image, _tag, _user, _method };

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var installed = new List<Allocator>();
        await using var session = await OpenAsync(options, context.Cancellation);
        foreach (var name in options.GetRequiredValue(_names))
        {
            var request = new InstallRequest
            {
                Name = name, Scope = options.GetValue(_scope), Version = options.GetValue(_version), Force = options.GetValue(_force),
                Method = options.GetValue(_method),
            };
            if (options.GetValue(_whatIf))
            {
                ProvisioningOptions.Print(context.Terminal, session is null ? await Provisioner.PlanAsync(request, LocalTarget.Instance, context.Cancellation)
                    : await ContainerProvisioner.PlanAsync(request, session, context.Cancellation));
            }
            else
            {
                installed.Add(session is null ? await InstallAsync(request, context) : await InstallInsideAsync(request, session, options, context));
            }
        }

        if (options.GetValue(_whatIf))
            return ExitCodes.Success;
        if (options.GetValue(_format) == OutputFormat.Json)
            AllocatorOutput.WriteJson(context.Terminal.OutStream, installed);
        else
            AllocatorOutput.WriteTable(context.Terminal, installed);
        return ExitCodes.Success;
    }

    private async Task<ContainerSession?> OpenAsync(ParseResult options, CancellationToken cancellation)
    {
        string? container = options.GetValue(_container), image = options.GetValue(_image);
        if (container is not null && image is not null)
            throw new UsageException("--container and --image exclude each other");
        if (image is not null && options.GetValue(_tag) is null && !options.GetValue(_whatIf))
            throw new UsageException("--image needs --tag, the name of the new image");
        var made = new ContainerOptions { User = options.GetValue(_user) };
        return container is not null ? await ContainerSession.OpenContainerAsync(container, made, cancellation: cancellation)
            : image is not null ? await ContainerSession.OpenImageAsync(image, made, cancellation: cancellation) : null;
    }

    private async Task<Allocator> InstallInsideAsync(InstallRequest request, ContainerSession session, ParseResult options, CommandContext context)
    {
        var steps = new CommandSteps(context.Terminal);
        var result = options.GetValue(_image) is null
            ? await ContainerProvisioner.InstallAsync(request, session, steps, context.Cancellation)
            : await ImageProvisioner.InstallAsync(request, session, options.GetValue(_tag)!, new ContainerOptions { User = options.GetValue(_user) }, steps, context.Cancellation);
        context.Terminal.Error.WriteLine(
            result.Install.AlreadyInstalled ? $"{request.Name} is there already (--force installs it again)."
            : $"Installed by {(result.Method == InstallMethod.Copy ? "copying" : "package manager")}{(result.Image is null ? "" : $"; the new image is {result.Image}")}.");
        return result.Install.Allocator;
    }

    private static async Task<Allocator> InstallAsync(InstallRequest request, CommandContext context)
    {
        var result = await Provisioner.InstallAsync(request, LocalTarget.Instance, new CommandSteps(context.Terminal), context.Cancellation);
        context.Terminal.Error.WriteLine(
            result.AlreadyInstalled ? $"{request.Name} is there already (--force installs it again)." : $"Installed {string.Join(", ", result.Packages)}.");
        return result.Allocator;
    }
}

/// <summary>What install and uninstall share.</summary>
internal static class ProvisioningOptions
{
    public static Argument<string[]> Names(string help)
    {
        var names = new Argument<string[]>("NAME") { Description = help, Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.Add(_ => AllocatorCatalog.All.Select(entry => new System.CommandLine.Completions.CompletionItem(entry.Name)));
        return names;
    }

    public static Setting<InstallScope?> Scope() => Values.Choice<InstallScope?>(
        "--scope", "your own store (default) or the system", null, ("current-user", InstallScope.CurrentUser), ("all-users", InstallScope.AllUsers));

    public static void Print(Terminal terminal, InstallPlan plan)
    {
        if (plan.IsDone)
            terminal.Error.WriteLine($"{plan.Name}: nothing to do.");
        foreach (var command in plan.Commands)
            terminal.Out.WriteLine(command);
    }
}

/// <summary>Shows the commands that provisioning runs, one a line.</summary>
internal sealed class CommandSteps(Terminal terminal) : IProgress<ProgressStep>
{
    private string? _last;

    public void Report(ProgressStep value)
    {
        // Progress within a command is not a new command.
        var line = value.Detail ?? value.Activity;
        if (line == _last)
            return;
        _last = line;
        lock (terminal)
            terminal.Error.WriteLine(terminal.ErrorStyle.Faint(value.Detail is null ? value.Activity : $"{value.Activity}: {value.Detail}"));
    }
}
