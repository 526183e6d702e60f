using System.Runtime.InteropServices;

namespace MemTools.Bench.Launch;

/// <summary>posix_spawn and waitpid with nothing around them; output goes to /dev/null.</summary>
internal static unsafe class Spawn
{
    /// <param name="program">Path.</param>
    /// <param name="arguments">argv[1..].</param>
    /// <param name="environment">NAME=VALUE on top of this process's environment.</param>
    public static void Run(string program, string[] arguments, string[] environment)
    {
        string[] variables =
        [
            .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}"), .. environment,
        ];
        var argv = Block([program, .. arguments]);
        var envp = Block(variables);
        var actions = stackalloc byte[256];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", 1, 0);
        _ = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", 1, 0);
        try
        {
            var error = posix_spawn(out var process, program, actions, null, argv, envp);
            if (error != 0)
                throw new InvalidOperationException($"{program}: posix_spawn failed with error {error}");
            if (waitpid(process, out var status, 0) != process || status != 0)
                throw new InvalidOperationException($"{program} ended with status {status}");
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            Free(argv);
            Free(envp);
        }
    }

    private static nint* Block(string[] texts)
    {
        var block = (nint*)NativeMemory.Alloc((nuint)(texts.Length + 1), (nuint)sizeof(nint));
        for (var i = 0; i < texts.Length; i++)
            block[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        block[texts.Length] = 0;
        return block;
    }

    private static void Free(nint* block)
    {
        for (var i = 0; block[i] != 0; i++)
            Marshal.FreeCoTaskMem(block[i]);
        NativeMemory.Free(block);
    }

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_init(byte* actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addopen(byte* actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_destroy(byte* actions);

    [DllImport("libc")]
    private static extern int posix_spawn(out int process, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* actions, byte* attributes, nint* argv, nint* envp);

    [DllImport("libc")]
    private static extern int waitpid(int process, out int status, int options);
}
