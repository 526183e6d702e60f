using System.Buffers;
using System.Text;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Fuzz.Targets;

/// <summary>C++ names: no crash, no hang, bounded output, valid UTF-8 from valid UTF-8, the same answer twice.</summary>
internal class DemanglerTarget : FuzzTarget
{
    /// <summary>The limit that the demangler names, and room for nothing more.</summary>
    private const int MaxOutput = 4 * 1024 * 1024;

    private static readonly DemangleStyle[] s_styles = [DemangleStyle.Full, DemangleStyle.NoParameters, DemangleStyle.Short];
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ArrayBufferWriter<byte> _again = new(4096);

    public override string Name => "demangle-cxx";

    protected virtual string[] Tables => ["cxx.tsv", "grammar.tsv", "differences.tsv"];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        .. ("_Z N E I J K V r P R O S_ S0_ S1_ SZ_ T_ T0_ T1_ TL0__ St Sa Ss Sb So Dp DT Dt Dn Da Dv4_ DB8_ DF16_ Do DO Dw F v i c z A3_ A_ M1A U1x u1x 1a 3foo "
            + "C1 CI1 D0 UlvE_ Ul Ut_ Z Li1E Lb1E LDnE L_Z Xad X cl cv sr st sz sZ sP sp fp_ fL0p_ fl fr fL fR il tl nw na qu dt pt di dX gs on so mc te ti "
            + "rq rQ Q Ty Tn Tt Tp Tk W1m WP1p B3abi .cold .0 h0_ v0_n24_ c Tc TC GV GR GTt GI TA d_ s _0 __10_ n 999999999 ZZ")
            .Split(' ').Select(Encoding.ASCII.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        .. Tables.SelectMany(t => File.ReadLines(Path.Combine(Repository(), "tests", "data", "demangle", t)))
            .Where(l => l.Length > 0 && l[0] != '#').Select(l => Encoding.UTF8.GetBytes(l.Split('\t')[0])),
    ];

    public override ulong Run(byte[] input)
    {
        var behaviour = new HashCode();
        foreach (DemangleStyle style in s_styles)
        {
            _output.ResetWrittenCount();
            _again.ResetWrittenCount();
            bool ok = Demangler.TryDemangle(input, style, _output);
            if (ok != Demangler.TryDemangle(input, style, _again) || !_output.WrittenSpan.SequenceEqual(_again.WrittenSpan))
                throw new FuzzFailure("two answers to one question");
            if (!ok && _output.WrittenCount != 0)
                throw new FuzzFailure("no answer, and yet something was written");
            if (ok && _output.WrittenCount is 0 or > MaxOutput)
                throw new FuzzFailure($"an answer of {_output.WrittenCount} bytes");
            // Rust's names escape other characters in ASCII.
            if (ok && IsAscii(input) && !IsAscii(_output.WrittenSpan) && !input.AsSpan().StartsWith("_R"u8) && input.AsSpan().IndexOf("$u"u8) < 0)
                throw new FuzzFailure("ASCII in, something else out");
            behaviour.Add(ok);
            behaviour.Add(System.Numerics.BitOperations.Log2((uint)_output.WrittenCount + 1));
            behaviour.Add(Shape(_output.WrittenSpan));
        }
        return (uint)behaviour.ToHashCode();
    }

    private static bool IsAscii(ReadOnlySpan<byte> text) => System.Text.Ascii.IsValid(text);

    /// <summary>Which kinds of punctuation and words the answer has: a stand-in for which rules were used.</summary>
    private static ulong Shape(ReadOnlySpan<byte> text)
    {
        ulong shape = 0;
        byte before = 0;
        foreach (byte c in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c != '_')
                shape |= 1UL << (int)(((uint)(before * 31) + c) % 64);
            before = char.IsAsciiLetterOrDigit((char)c) ? (byte)'a' : c;
        }
        return shape;
    }
}

/// <summary>Rust names, with the same promises.</summary>
internal sealed class RustDemanglerTarget : DemanglerTarget
{
    public override string Name => "demangle-rust";

    protected override string[] Tables => ["rust.tsv"];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        .. "_R _ZN NvC NvNt I E C1a M X Y B_ B0_ Bz_ s_ s0_ T D F FUK G_ L_ L0_ K Kh1_ Kc41_ Kb1_ Kp KRe616263_ KA KT KV u5abc_d S A P O Q R p1a ShE NC NS 17h0123456789abcdefE $LT$ $u7b$ .."
            .Split(' ').Select(Encoding.ASCII.GetBytes),
    ];
}
