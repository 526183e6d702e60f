using System.Runtime.InteropServices;
using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>What posix_spawn gets. Descriptors are the parent's; -1 leaves the stream as the caller has it.</summary>
internal sealed record NativeSpawnRequest
{
    public required string Path { get; init; }

    /// <summary>All of argv.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>Entries NAME=VALUE.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    public int OutputDescriptor { get; init; } = -1;

    public int ErrorDescriptor { get; init; } = -1;

    /// <summary>Opened by the child for appending, mode 0600; null for none.</summary>
    public string? OutputPath { get; init; }

    public string? ErrorPath { get; init; }

    public string? InputPath { get; init; }

    /// <summary>A further descriptor for the child, and the number it has there; -1 for none.</summary>
    public (int From, int To) Extra { get; init; } = (-1, -1);

    /// <summary>Gives the program a process group of its own, so that it can be ended with what it started.</summary>
    public bool NewGroup { get; init; }

    /// <summary>Starts it by way of <see cref="Starter"/>, so that its accounting does not begin with this process's memory.</summary>
    public bool Accurate { get; init; }

    /// <summary>Watches which processes it starts.</summary>
    public bool WatchChildren { get; init; }

    /// <summary>Gives it a session of its own (implies a group), so that the end of the caller's terminal does not reach it.</summary>
    public bool NewSession { get; init; }
}

/// <summary>Starts a program by posix_spawn: no shell, arguments and environment byte for byte.</summary>
internal static unsafe class NativeSpawn
{
    private const int CloneFs = 0x200;

    /// <summary>Returns the process id, or throws <see cref="SpawnException"/> with the kernel's error.</summary>
    public static int Start(NativeSpawnRequest request)
    {
        using var strings = new NativeStrings();
        byte** argv = strings.Array(request.Arguments);
        byte** envp = strings.Array(request.Environment);
        byte* path = strings.Text(request.Path);

        byte* attributes = stackalloc byte[Libc.SpawnObjectSize];
        byte* actions = stackalloc byte[Libc.SpawnObjectSize];
        byte* set = stackalloc byte[Libc.SignalSetSize];
        Check(Libc.posix_spawnattr_init(attributes));
        Check(Libc.posix_spawn_file_actions_init(actions));
        try
        {
            new Span<byte>(set, Libc.SignalSetSize).Clear();
            Check(Libc.posix_spawnattr_setsigmask(attributes, set));
            FillDefaultSignals(set);
            Check(Libc.posix_spawnattr_setsigdefault(attributes, set));
            short flags = Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK;
            if (request.NewSession)
                flags |= Libc.POSIX_SPAWN_SETSID;
            else if (request.NewGroup)
            {
                flags |= Libc.POSIX_SPAWN_SETPGROUP;
                Check(Libc.posix_spawnattr_setpgroup(attributes, 0));
            }
            Check(Libc.posix_spawnattr_setflags(attributes, flags));

            // Files first: their paths are relative to the caller's directory.
            AddStreams(request, strings, actions);
            if (request.WorkingDirectory is { } directory)
                ChangeDirectory(actions, strings.Text(directory));

            int pid;
            Check(Libc.posix_spawn(&pid, path, actions, attributes, argv, envp));
            return pid;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    private static void AddStreams(NativeSpawnRequest request, NativeStrings strings, void* actions)
    {
        const int append = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND;
        if (request.InputPath is { } input)
            Check(Libc.posix_spawn_file_actions_addopen(actions, 0, strings.Text(input), Libc.O_RDONLY, 0));
        if (request.OutputDescriptor >= 0)
            Check(Libc.posix_spawn_file_actions_adddup2(actions, request.OutputDescriptor, 1));
        else if (request.OutputPath is { } output)
            Check(Libc.posix_spawn_file_actions_addopen(actions, 1, strings.Text(output), append, 0x180));
        if (request.Extra.From >= 0)
            Check(Libc.posix_spawn_file_actions_adddup2(actions, request.Extra.From, request.Extra.To));
        if (request.ErrorDescriptor >= 0)
            Check(Libc.posix_spawn_file_actions_adddup2(actions, request.ErrorDescriptor, 2));
        else if (request.ErrorPath is { } error)
            Check(Libc.posix_spawn_file_actions_addopen(actions, 2, strings.Text(error), append, 0x180));
    }

    /// <summary>glibc before 2.29 has no chdir action: then this (dedicated) thread gets a directory of its own and changes it.</summary>
    private static void ChangeDirectory(void* actions, byte* directory)
    {
        try
        {
            Check(Libc.posix_spawn_file_actions_addchdir_np(actions, directory));
        }
        catch (EntryPointNotFoundException)
        {
            if (Libc.unshare(CloneFs) != 0 || Libc.chdir(directory) != 0)
                throw new SpawnException(Marshal.GetLastPInvokeError(), isDirectory: true);
        }
    }

    /// <summary>
    /// All signals but SIGHUP (so that nohup keeps its meaning): .NET ignores SIGPIPE, a shell's background jobs ignore
    /// SIGINT, and exec would hand that on. 32 and 33 belong to the C library.
    /// </summary>
    private static void FillDefaultSignals(byte* set)
    {
        for (int signal = 2; signal <= 64; signal++)
            if (signal is not (9 or 19 or 32 or 33 or 34))
                set[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new SpawnException(error);
    }

    /// <summary>Native copies of strings, freed together.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private nint[] blocks = new nint[256];
        private int count;

        public byte* Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

        public byte** Array(IReadOnlyList<byte[]> items)
        {
            var array = (byte**)Keep(NativeMemory.Alloc((nuint)items.Count + 1, (nuint)sizeof(byte*)));
            for (int i = 0; i < items.Count; i++)
                array[i] = Bytes(items[i]);
            array[items.Count] = null;
            return array;
        }

        public void Dispose()
        {
            for (int i = 0; i < count; i++)
                NativeMemory.Free((void*)blocks[i]);
        }

        private byte* Bytes(byte[] bytes)
        {
            if (System.Array.IndexOf(bytes, (byte)0) >= 0)
                throw new ArgumentException("A path, argument or variable cannot hold a NUL byte.");
            var copy = (byte*)Keep(NativeMemory.Alloc((nuint)bytes.Length + 1));
            bytes.CopyTo(new Span<byte>(copy, bytes.Length));
            copy[bytes.Length] = 0;
            return copy;
        }

        private void* Keep(void* block)
        {
            if (count == blocks.Length)
                System.Array.Resize(ref blocks, 2 * count);
            blocks[count++] = (nint)block;
            return block;
        }
    }
}

/// <summary>The kernel's reason why a program could not be started.</summary>
internal sealed class SpawnException(int error, bool isDirectory = false)
    : Exception(Marshal.GetPInvokeErrorMessage(error))
{
    /// <summary>errno.</summary>
    public int Error { get; } = error;

    /// <summary>True when it was the working directory that failed.</summary>
    public bool IsDirectory { get; } = isDirectory;
}
