using System.Buffers;
using System.Text;
using MemTools.Reports.Symbols.Demangle.Itanium;
using MemTools.Reports.Symbols.Demangle.Rust;

namespace MemTools.Reports.Symbols.Demangle;

/// <summary>
/// Turns the linker's names into readable ones: C++ of the Itanium ABI, in the spelling of binutils' <c>c++filt</c>, and
/// Rust, in that of <c>c++filt --no-verbose</c>. Names of other languages (D, Swift), and any name that cannot be read
/// whole, stay as they are: no name is better than a wrong one.
/// </summary>
/// <remarks>Any thread may call; each keeps one set of buffers. What one name may cost is bounded, see <c>DemangleLimits</c>.</remarks>
public static class Demangler
{
    private const int StackBytes = 512;

    [ThreadStatic]
    private static ItaniumDemangler? t_itanium;

    [ThreadStatic]
    private static RustOutput? t_rust;

    /// <summary>The readable form of <paramref name="mangled"/>, or itself when it is no mangled name.</summary>
    public static string Demangle(string mangled, DemangleStyle style = DemangleStyle.Full)
    {
        if (style == DemangleStyle.None || !MayBeMangled(mangled))
            return mangled;
        int bytes = Encoding.UTF8.GetMaxByteCount(mangled.Length);
        byte[]? rented = bytes > StackBytes ? ArrayPool<byte>.Shared.Rent(bytes) : null;
        Span<byte> utf8 = rented ?? stackalloc byte[StackBytes];
        int length = Encoding.UTF8.GetBytes(mangled, utf8);
        string result = TryDemangle(utf8[..length], style, out ReadOnlySpan<byte> readable)
            ? Encoding.UTF8.GetString(readable)
            : mangled;
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    /// <summary>Writes the readable form of a UTF-8 name to <paramref name="output"/>.</summary>
    /// <returns>False, with nothing written, when it is no mangled name or <paramref name="style"/> is None.</returns>
    public static bool TryDemangle(ReadOnlySpan<byte> mangled, DemangleStyle style, IBufferWriter<byte> output)
    {
        if (!TryDemangle(mangled, style, out ReadOnlySpan<byte> readable))
            return false;
        output.Write(readable);
        return true;
    }

    private static bool MayBeMangled(string name) =>
        name.Length > 2 && name[0] == '_' && name[1] is 'Z' or '_' or 'G' or 'R';

    /// <summary>The readable form lies in the thread's buffer until the thread's next call.</summary>
    internal static bool TryDemangle(ReadOnlySpan<byte> mangled, DemangleStyle style, out ReadOnlySpan<byte> readable)
    {
        readable = default;
        if (style == DemangleStyle.None || mangled.Length < 3 || mangled[0] != '_')
            return false;
        RustOutput rust = t_rust ??= new RustOutput();
        rust.Clear();
        if (mangled[1] == 'R' ? RustV0Name.TryDemangle(mangled, style, rust) : RustLegacyName.TryDemangle(mangled, rust))
        {
            readable = rust.Written;
            return true;
        }
        ItaniumDemangler itanium = t_itanium ??= new ItaniumDemangler();
        itanium.Trim();
        return itanium.TryDemangle(mangled, style, out readable);
    }
}
