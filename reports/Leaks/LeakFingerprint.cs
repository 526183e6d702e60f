using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Names a leak so that it is found again in another report.</summary>
/// <remarks>
/// The first 16 hexadecimal digits of the SHA-256 over the program's own frames, innermost first, one line each:
/// <c>function@module-file-name</c>, or <c>module-file-name#build-id+0xOFFSET</c> for a frame without a name. Addresses, source lines,
/// directories, compilers' clone suffixes and the frames of libc, the C++ runtime and the allocator are left out: they differ between
/// runs, rebuilds that only move code, and machines. A stack without any frame of the program takes all its frames.
/// </remarks>
public static class LeakFingerprint
{
    /// <summary>Computes the fingerprint of a stack (allocation first).</summary>
    public static string Of(IReadOnlyList<StackFrame> stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        byte[] own = Lines(stack.Where(static frame => FrameOrigins.Of(frame) == FrameOrigin.Program));
        return Of(own.Length > 0 ? own : Lines(stack));
    }

    /// <summary>What the frames add to the text that is hashed.</summary>
    internal static byte[] Lines(IEnumerable<StackFrame> frames)
    {
        var text = new StringBuilder();
        foreach (StackFrame frame in frames)
            Append(text, frame);
        return text.Length == 0 ? [] : Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The fingerprint of such a text.</summary>
    internal static string Of(ReadOnlySpan<byte> lines)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(lines, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    private static void Append(StringBuilder text, StackFrame frame)
    {
        ReadOnlySpan<char> module = frame.Module.AsSpan(frame.Module.LastIndexOf('/') + 1);
        if (frame.Function is { Length: > 0 } function)
        {
            text.Append(FunctionNames.WithoutCloneSuffix(function)).Append('@').Append(module).Append('\n');
        }
        else
        {
            ulong place = frame.Module.Length > 0 ? frame.Offset : frame.Address;
            text.Append(CultureInfo.InvariantCulture, $"{module}#{frame.BuildId}+0x{place:x}\n");
        }
    }
}
