using System.Runtime.InteropServices;

namespace MemTools.Allocators.Provisioning.Store;

/// <summary>Swaps two paths so that neither is missing at any moment.</summary>
internal static partial class AtomicMove
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint RenameExchange = 2; // RENAME_EXCHANGE

    /// <summary>renameat2(2); on file systems without the exchange, two renames.</summary>
    public static void Exchange(string first, string second)
    {
        if (renameat2(CurrentDirectory, first, CurrentDirectory, second, RenameExchange) == 0)
        {
            return;
        }

        var aside = first + ".old";
        Directory.Move(second, aside);
        Directory.Move(first, second);
        Directory.Move(aside, first);
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int renameat2(int oldDirectory, string oldPath, int newDirectory, string newPath, uint flags);
}
