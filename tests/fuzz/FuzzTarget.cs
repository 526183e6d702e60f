namespace MemTools.Fuzz;

/// <summary>Code that must survive any bytes.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>Good inputs to begin with.</summary>
    public abstract IReadOnlyList<byte[]> Seeds();

    /// <summary>Pieces that inputs of this kind are made of; mutations put them in.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Longest input made.</summary>
    public virtual int MaxLength => 4096;

    /// <summary>What one input may take; a longer one is a hang.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs the code. Throws what the code must not throw, or <see cref="FuzzFailure"/> when a promise is broken.
    /// </summary>
    /// <returns>A number for what the code did; inputs that bring new numbers are mutated further.</returns>
    public abstract ulong Run(byte[] input);

    /// <summary>The repository's top.</summary>
    internal static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemTools.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("MemTools.slnx is in no folder above this program");
    }
}

/// <summary>The code kept running but did what it must not do.</summary>
internal sealed class FuzzFailure(string message) : Exception(message);
