using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>An operator of the ABI, section 5.1.3: its two letters, its spelling, and how many operands it has in an expression.</summary>
internal sealed class Operator
{
    public Operator(string code, string name, int operands)
    {
        Code = (ushort)((code[0] << 8) | code[1]);
        Name = Encoding.ASCII.GetBytes(name);
        Operands = operands;
    }

    public ushort Code { get; }

    public byte[] Name { get; }

    public int Operands { get; }
}

/// <summary>All operators, found by their letters.</summary>
internal static class OperatorTable
{
    public static readonly Operator[] All =
    [
        new("aN", "&=", 2), new("aS", "=", 2), new("aa", "&&", 2), new("ad", "&", 1), new("an", "&", 2),
        new("at", "alignof ", 1), new("aw", "co_await ", 1), new("az", "alignof ", 1), new("cc", "const_cast", 2),
        new("cl", "()", 2), new("cm", ",", 2), new("co", "~", 1), new("cp", "()", 2), new("dV", "/=", 2), new("dX", "[...]=", 3),
        new("da", "delete[] ", 1), new("dc", "dynamic_cast", 2), new("de", "*", 1), new("di", "=", 2),
        new("dl", "delete ", 1), new("ds", ".*", 2), new("dt", ".", 2), new("dv", "/", 2), new("dx", "]=", 2),
        new("eO", "^=", 2), new("eo", "^", 2), new("eq", "==", 2), new("fL", "...", 3), new("fR", "...", 3),
        new("fl", "...", 2), new("fr", "...", 2), new("ge", ">=", 2), new("gs", "::", 1), new("gt", ">", 2),
        new("ix", "[]", 2), new("lS", "<<=", 2), new("le", "<=", 2), new("li", "operator\"\" ", 1), new("ls", "<<", 2),
        new("lt", "<", 2), new("mI", "-=", 2), new("mL", "*=", 2), new("mi", "-", 2), new("ml", "*", 2),
        new("mm", "--", 1), new("na", "new[]", 3), new("ne", "!=", 2), new("ng", "-", 1), new("nt", "!", 1),
        new("nw", "new", 3), new("nx", "noexcept", 1), new("oR", "|=", 2), new("oo", "||", 2), new("or", "|", 2),
        new("pL", "+=", 2), new("pl", "+", 2), new("pm", "->*", 2), new("pp", "++", 1), new("ps", "+", 1),
        new("pt", "->", 2), new("qu", "?", 3), new("rM", "%=", 2), new("rS", ">>=", 2), new("rc", "reinterpret_cast", 2),
        new("rm", "%", 2), new("rs", ">>", 2), new("sP", "sizeof...", 1), new("sZ", "sizeof...", 1),
        new("sc", "static_cast", 2), new("ss", "<=>", 2), new("st", "sizeof ", 1), new("sz", "sizeof ", 1),
        new("te", "typeid ", 1), new("ti", "typeid ", 1), new("tr", "throw", 0), new("tw", "throw ", 1),
    ];

    private const int Columns = 'z' - 'A' + 1;
    private static readonly sbyte[] s_index = BuildIndex();

    /// <summary>Index into <see cref="All"/> of the operator with these letters, or -1.</summary>
    public static int Find(byte first, byte second)
    {
        if (first is < (byte)'a' or > (byte)'z' || second is < (byte)'A' or > (byte)'z')
            return -1;
        return s_index[((first - 'a') * Columns) + second - 'A'] - 1;
    }

    private static sbyte[] BuildIndex()
    {
        var index = new sbyte[26 * Columns];
        for (int i = 0; i < All.Length; i++)
            index[(((All[i].Code >> 8) - 'a') * Columns) + (All[i].Code & 0xFF) - 'A'] = (sbyte)(i + 1);
        return index;
    }
}
