using System.Buffers;
using System.Text;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Tests.Symbols.Demangle;

public sealed class DemangleTableTests
{
    /// <summary>cxx.tsv, grammar.tsv and rust.tsv are c++filt's answers, differences.tsv what is right where it is not.</summary>
    [Theory]
    [InlineData("cxx.tsv", 450)]
    [InlineData("grammar.tsv", 220)]
    [InlineData("rust.tsv", 120)]
    [InlineData("differences.tsv", 30)]
    public void Names_are_written_as_in_the_table(string table, int atLeast)
    {
        IReadOnlyList<string[]> rows = DemangleData.Read(table);
        Assert.True(rows.Count >= atLeast);
        Assert.Empty(DemangleData.Disagreements(rows));
    }

    [Fact]
    public void Every_difference_has_a_reason() => Assert.All(DemangleData.Read("differences.tsv"), row => Assert.Equal(3, row.Length));

    [Theory]
    [InlineData("cxx.tsv")]
    [InlineData("grammar.tsv")]
    [InlineData("rust.tsv")]
    public void A_name_cut_short_is_never_misread_as_the_whole(string table)
    {
        // Whatever a prefix means, it must not be the name of something it does not spell out.
        foreach (string[] row in DemangleData.Read(table).Where(r => r[0] != r[1]))
        {
            for (int length = 0; length < row[0].Length; length++)
            {
                string prefix = row[0][..length];
                string readable = Demangler.Demangle(prefix);
                if (readable != prefix)
                    Assert.DoesNotContain(prefix, readable);
            }
        }
    }

    [Fact]
    public void Threads_do_not_share_buffers()
    {
        IReadOnlyList<string[]> rows = DemangleData.Read("cxx.tsv");
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Empty(DemangleData.Disagreements(i % 2 == 0 ? rows : rows.Reverse())));
    }

    [Fact]
    public void Both_forms_of_the_call_agree_and_identifiers_may_be_any_utf8()
    {
        const string Mangled = "_ZN7größ8€uroE";
        byte[] utf8 = Encoding.UTF8.GetBytes("_ZN6größ6€uroE");
        var output = new ArrayBufferWriter<byte>();
        output.Write("before "u8);
        Assert.True(Demangler.TryDemangle(utf8, DemangleStyle.Full, output));
        Assert.Equal("before größ::€uro", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal("größ::€uro", Demangler.Demangle("_ZN6größ6€uroE"));
        Assert.Equal(Mangled, Demangler.Demangle(Mangled));
    }
}
