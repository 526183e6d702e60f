using System.Runtime.InteropServices;

// The C library is never beside the assembly: do not look there first.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
// Arguments are numbers and pointers: without the runtime's marshalling, calls are compiled ahead of time.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]

namespace MemTools.Allocators.Launch.Native;

/// <summary>The native calls that starting and watching a program takes. Structures are those of 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int E2BIG = 7;
    public const int ENOEXEC = 8;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int ETXTBSY = 26;
    public const int ELIBBAD = 80;

    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_CREAT = 0x40;
    public const int O_APPEND = 0x400;
    public const int O_CLOEXEC = 0x80000;

    public const int X_OK = 1;
    public const int R_OK = 4;

    public const short POLLIN = 1;

    public const short POSIX_SPAWN_SETPGROUP = 0x02;
    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Room for posix_spawnattr_t and posix_spawn_file_actions_t (336 and 80 bytes in glibc and musl).</summary>
    public const int SpawnObjectSize = 512;

    /// <summary>Room for sigset_t (128 bytes in glibc and musl).</summary>
    public const int SignalSetSize = 128;

    private const string Library = "libc";

    /// <summary>Version of the glibc that this process runs on; null on another C library.</summary>
    public static string? GlibcVersion => Glibc.Value;

    private static readonly Lazy<string?> Glibc = new(ReadGlibcVersion);

    [LibraryImport(Library)]
    public static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport(Library)]
    private static partial byte* gnu_get_libc_version();

    [LibraryImport(Library, SetLastError = true)]
    public static partial int pipe2(int* descriptors, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(int fd, void* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(int fd, void* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int waitid(int idType, int id, void* info, int options);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int wait4(int pid, int* status, int options, ResourceUsage* usage);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int access(string path, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdir(string path, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlink(string path);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int directory, string path, int flags, uint mask, void* buffer);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint getxattr(string path, string name, void* value, nuint size);

    [LibraryImport(Library)]
    public static partial uint getegid();

    [LibraryImport(Library)]
    public static partial int getpgrp();

    [LibraryImport(Library)]
    public static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    public static partial int tcgetpgrp(int fd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int chdir(byte* path);

    [LibraryImport(Library, SetLastError = true)]
    public static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int munmap(void* address, nuint length);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint perf_event_open(nint number, void* attributes, nint pid, nint cpu, nint group, nint flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sigaction(int signal, void* action, void* old);

    private static string? ReadGlibcVersion()
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)gnu_get_libc_version());
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }

    /// <summary>struct rusage.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;

        /// <summary>Kibibytes.</summary>
        public long MaximumResident;
        public long SharedText;
        public long UnsharedData;
        public long UnsharedStack;
        public long MinorFaults;
        public long MajorFaults;
        public long Swaps;
        public long BlocksIn;
        public long BlocksOut;
        public long MessagesSent;
        public long MessagesReceived;
        public long Signals;
        public long VoluntarySwitches;
        public long InvoluntarySwitches;

        /// <summary>musl keeps 16 reserved longs behind.</summary>
        private fixed long reserved[16];
    }
}
