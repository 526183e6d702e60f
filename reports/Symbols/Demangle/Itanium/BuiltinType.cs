using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>How a literal of a builtin type is written.</summary>
internal enum LiteralForm : byte { Cast, Int, Unsigned, Long, UnsignedLong, LongLong, UnsignedLongLong, Bool, Float, Void }

/// <summary>The builtin types of the ABI, section 5.1.5.2, in the spelling of <c>c++filt</c>.</summary>
internal sealed class BuiltinType
{
    private BuiltinType(string name, LiteralForm form = LiteralForm.Cast)
    {
        Name = Encoding.UTF8.GetBytes(name);
        Form = form;
    }

    public byte[] Name { get; }

    public LiteralForm Form { get; }

    /// <summary>0..25 by letter, then those of two letters.</summary>
    public static readonly BuiltinType?[] All =
    [
        new("signed char"), new("bool", LiteralForm.Bool), new("char"), new("double", LiteralForm.Float),
        new("long double", LiteralForm.Float), new("float", LiteralForm.Float), new("__float128", LiteralForm.Float),
        new("unsigned char"), new("int", LiteralForm.Int), new("unsigned int", LiteralForm.Unsigned), null,
        new("long", LiteralForm.Long), new("unsigned long", LiteralForm.UnsignedLong), new("__int128"),
        new("unsigned __int128"), null, null, null, new("short"), new("unsigned short"), null,
        new("void", LiteralForm.Void), new("wchar_t"), new("long long", LiteralForm.LongLong),
        new("unsigned long long", LiteralForm.UnsignedLongLong), new("..."),
        new("decimal32"), new("decimal64"), new("decimal128"), new("half", LiteralForm.Float), new("char32_t"),
        new("char16_t"), new("char8_t"), new("decltype(nullptr)"), new("std::bfloat16_t", LiteralForm.Float),
    ];

    public const int NullPointer = 33;
    public const int BFloat16 = 34;

    /// <summary>The index of the type <c>D</c><paramref name="second"/>, or -1.</summary>
    public static int OfD(byte second) => second switch
    {
        (byte)'f' => 26,
        (byte)'d' => 27,
        (byte)'e' => 28,
        (byte)'h' => 29,
        (byte)'i' => 30,
        (byte)'s' => 31,
        (byte)'u' => 32,
        (byte)'n' => NullPointer,
        _ => -1,
    };
}
