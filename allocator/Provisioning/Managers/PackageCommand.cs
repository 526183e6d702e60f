namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>A command of a package manager, exactly as it is run.</summary>
public sealed record PackageCommand
{
    /// <summary>A command that needs no root.</summary>
    public PackageCommand(string fileName, params IReadOnlyList<string> arguments)
    {
        FileName = fileName;
        Arguments = arguments;
    }

    /// <summary>The program, looked up in the target's PATH.</summary>
    public string FileName { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; }

    /// <summary>True when it changes the system.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>Variables set for it; every command also gets <c>LC_ALL=C</c>, so that its messages can be read.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder to run it in; null for any.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The same through <c>sudo -n</c>, which never asks for a password.</summary>
    public PackageCommand WithSudo() => this with
    {
        FileName = "sudo",
        Arguments = ["-n", .. Environment.Count == 0 ? [] : Environment.Select(e => $"{e.Key}={e.Value}").Prepend("env"), FileName, .. Arguments],
        Environment = new Dictionary<string, string>(),
    };

    /// <summary>For <see cref="ITarget.RunAsync"/>.</summary>
    public CommandRequest ToRequest(Action<string>? onLine = null)
    {
        var environment = Environment.ToDictionary(e => e.Key, e => (string?)e.Value);
        environment["LC_ALL"] = "C";
        return new CommandRequest(FileName, Arguments, environment, WorkingDirectory, onLine);
    }

    /// <summary>As one would type it in a shell, quoted where needed.</summary>
    public override string ToString()
    {
        var words = Environment.Select(e => $"{e.Key}={Quote(e.Value)}").Append(Quote(FileName)).Concat(Arguments.Select(Quote));
        var line = string.Join(' ', words);
        return WorkingDirectory is null ? line : $"cd {Quote(WorkingDirectory)} && {line}";
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=+,@%~".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
