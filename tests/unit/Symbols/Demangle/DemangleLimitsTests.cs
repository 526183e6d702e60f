using System.Text;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Tests.Symbols.Demangle;

/// <summary>Names made to cost too much are given back as they are.</summary>
public sealed class DemangleLimitsTests
{
    [Fact]
    public void Substitutions_that_double_at_every_level_stop_at_the_output_limit()
    {
        // a<b>, then c<a, a>, then d<c<a, a>, c<a, a>> …: each parameter is twice the one before.
        var bomb = new StringBuilder("_Z1f1aI1bE");
        for (int i = 1; i <= 30; i++)
        {
            string previous = "S" + Base36((2 * i) - 1) + "_";
            bomb.Append("1c" + "I" + previous + previous + "E");
        }
        Assert.Equal(bomb.ToString(), Demangler.Demangle(bomb.ToString()));
    }

    [Theory]
    [InlineData("P", "i")]
    [InlineData("1AI", "i")]
    [InlineData("F", "v")]
    [InlineData("DTng", "Li1E")]
    [InlineData("Z1f", "v")]
    [InlineData("UlvE", "v")]
    [InlineData("M1A", "i")]
    [InlineData("A3_", "i")]
    [InlineData("N1A", "E")]
    [InlineData("DTcv", "i")]
    [InlineData("T_I", "E")]
    [InlineData("J", "E")]
    [InlineData("X", "E")]
    [InlineData("1AIXcvT_I", "E")]
    public void Nesting_without_end_is_given_up(string repeated, string end)
    {
        foreach (string prefix in new[] { "_Z1f", "_ZN1Acv", "_Z1fI", "_RNv", "_R" })
        {
            string name = prefix + string.Concat(Enumerable.Repeat(repeated, 20_000)) + end;
            Assert.Equal(name, Demangler.Demangle(name));
        }
    }

    [Fact]
    public void Names_beyond_the_length_limit_are_not_looked_at()
    {
        string name = "_Z" + 200_000 + new string('a', 200_000) + "v";
        Assert.Equal(name, Demangler.Demangle(name));
        string fits = "_Z" + 100_000 + new string('a', 100_000) + "v";
        Assert.Equal(new string('a', 100_000) + "()", Demangler.Demangle(fits));
    }

    [Fact]
    public void A_long_list_of_arguments_is_no_nesting()
    {
        string name = "_Z1f" + new string('i', 5000);
        Assert.Equal("f(" + string.Join(", ", Enumerable.Repeat("int", 5000)) + ")", Demangler.Demangle(name));
    }

    [Fact]
    public void Rust_references_that_double_are_given_up()
    {
        var name = new StringBuilder("_RIC1aTuuE");
        int previous = 5;
        for (int i = 0; i < 40; i++)
        {
            int here = name.Length - 2;
            string reference = "B" + Base62(previous);
            name.Append('T').Append(reference).Append(reference).Append('E');
            previous = here;
        }
        name.Append('E');
        Assert.Equal(name.ToString(), Demangler.Demangle(name.ToString()));
    }

    private static string Base36(int value) => value == 0 ? "0"
        : (value >= 36 ? Base36(value / 36) : "") + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % 36];

    private static string Base62(int value)
    {
        if (value == 0)
            return "_";
        value--;
        string digits = "";
        do
        {
            digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % 62] + digits;
            value /= 62;
        }
        while (value > 0);
        return digits + "_";
    }
}
