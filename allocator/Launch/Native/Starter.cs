using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>
/// Starts programs from a tiny process (starter/starter.c says why: otherwise this process's memory would count as the program's peak). Its 800 bytes live in
/// memory, nothing is unpacked. Where it cannot run (another architecture, no executable memory files) the program is started directly.
/// </summary>
internal static unsafe class Starter
{
    private const nint MemfdCreate = 319; // x86_64
    private const int FirstDescriptor = 10;
    private const int GetFlags = 1;

    private static readonly Lazy<string?> Program = new(Load);

    /// <summary>Returns the program's id and whether its accounting is its own; throws <see cref="SpawnException"/>.</summary>
    public static int Start(NativeSpawnRequest request, out bool isAccurate)
    {
        isAccurate = false;
        if (Program.Value is not { } starter)
            return NativeSpawn.Start(request);
        int* pipe = stackalloc int[2];
        if (Libc.pipe2(pipe, Libc.O_CLOEXEC) != 0)
            throw new SpawnException(Marshal.GetLastPInvokeError());
        int reader = pipe[0];
        int writer = pipe[1];
        try
        {
            int helper;
            int number = FreeDescriptor();
            string mode = request.NewSession ? "s" : request.NewGroup ? "g" : "";
            try
            {
                helper = NativeSpawn.Start(request with
                {
                    Path = starter,
                    Arguments =
                    [
                        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + mode), Encoding.UTF8.GetBytes(request.Path), .. request.Arguments,
                    ],
                    NewGroup = false,
                    NewSession = false,
                    Extra = (writer, number),
                });
            }
            catch (SpawnException)
            {
                // The starter or what surrounds it (directory, streams): a direct start works or says what is wrong.
                return NativeSpawn.Start(request);
            }
            _ = Libc.close(writer);
            writer = -1;
            isAccurate = true;
            return Read(reader, helper);
        }
        finally
        {
            _ = Libc.close(reader);
            if (writer >= 0)
                _ = Libc.close(writer);
        }
    }

    /// <summary>Reads the records until the starter is gone and the program is executed, and reaps the starter.</summary>
    private static int Read(int reader, int helper)
    {
        int pid = 0;
        int error = 0;
        int* record = stackalloc int[2];
        while (true)
        {
            nint count = Libc.read(reader, record, 2 * sizeof(int));
            if (count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
                continue;
            if (count < 2 * sizeof(int))
                break;
            if (record[0] == 0)
                pid = record[1];
            else
                error = record[1];
        }
        Reap(helper);
        if (error == 0 && pid > 0)
            return pid;
        if (pid > 0)
            Reap(pid);
        throw new SpawnException(error != 0 ? error : Libc.ECHILD);
    }

    private static void Reap(int pid)
    {
        int status;
        Libc.ResourceUsage usage;
        while (Libc.wait4(pid, &status, 0, &usage) < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
            continue;
    }

    /// <summary>A number that no descriptor which the program is to inherit has.</summary>
    private static int FreeDescriptor()
    {
        int number = FirstDescriptor;
        while (Libc.fcntl(number, GetFlags, 0) >= 0)
            number++;
        return number;
    }

    private static string? Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64
            || typeof(Starter).Assembly.GetManifestResourceStream("starter-x86_64") is not { } stream)
            return null;
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            fixed (byte* name = "memtools-start\0"u8)
            fixed (byte* start = bytes)
            {
                const int closeOnExec = 1;
                int writable = (int)Libc.syscall(MemfdCreate, (nint)name, closeOnExec, 0, 0);
                if (writable < 0)
                    return null;
                bool written = Libc.write(writable, start, bytes.Length) == bytes.Length;
                // A file that is open for writing cannot be executed.
                int executable = written ? Libc.open($"/proc/self/fd/{writable}", Libc.O_RDONLY | Libc.O_CLOEXEC, 0) : -1;
                _ = Libc.close(writable);
                return executable < 0 ? null : $"/proc/self/fd/{executable}";
            }
        }
    }
}
