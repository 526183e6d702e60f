using MemTools.Cli.Infrastructure;

namespace MemTools.Cli.Running;

/// <summary>Readers want files: a <c>-</c> among the paths becomes a private file with what standard input holds, removed at the end.</summary>
internal sealed class StandardInputFile : IDisposable
{
    private readonly string? _file;

    private StandardInputFile(IReadOnlyList<string> paths, string? file) => (Paths, _file) = (paths, file);

    public IReadOnlyList<string> Paths { get; }

    public static StandardInputFile For(IReadOnlyList<string> paths)
    {
        if (!paths.Contains("-"))
            return new(paths, null);
        var path = Path.Combine(Path.GetTempPath(), $"memtools-stdin-{Guid.NewGuid():N}");
        using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var input = new StandardInput();
            input.CopyTo(file);
        }

        return new([.. paths.Select(given => given == "-" ? path : given)], path);
    }

    public void Dispose()
    {
        if (_file is not null)
            File.Delete(_file);
    }
}
