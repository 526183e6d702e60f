using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>Words that appear in readable names without being in the mangled ones.</summary>
internal static class ConstantText
{
    public const int Std = 0, AnonymousNamespace = 1, StringLiteral = 2, Auto = 3, DecltypeAuto = 4;
    public const int Allocator = 5, BasicString = 6, BasicIstream = 7, BasicOstream = 8, BasicIostream = 9;
    public const int StdAllocator = 10, StdBasicString = 11, StdString = 12, StdIstream = 13, StdOstream = 14, StdIostream = 15;
    public const int Float = 16, X = 17, Empty = 18, BlockLiteral = 19;

    public static readonly byte[][] All =
    [
        .. new[]
        {
            "std", "(anonymous namespace)", "string literal", "auto", "decltype(auto)",
            "allocator", "basic_string", "basic_istream", "basic_ostream", "basic_iostream",
            "std::allocator", "std::basic_string", "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
            "std::basic_istream<char, std::char_traits<char> >", "std::basic_ostream<char, std::char_traits<char> >",
            "std::basic_iostream<char, std::char_traits<char> >", "_Float", "x", "", "'block-literal'",
        }.Select(Encoding.ASCII.GetBytes),
    ];
}
