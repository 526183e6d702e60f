using MemTools.Allocators.Launch;

namespace MemTools.Tests.Launch;

public class SignalsTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("int", 2)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN+2", 36)]
    [InlineData("usr1", 10)]
    [InlineData("nonsense", null)]
    [InlineData("0", null)]
    [InlineData("65", null)]
    public void Signals_are_read_by_name_and_number(string text, int? number) => Assert.Equal(number, Signals.Parse(text));

    [Fact]
    public void Every_signal_has_a_name_that_reads_back()
    {
        for (int number = 1; number <= 31; number++)
            Assert.Equal(number, Signals.Parse(Signals.Name(number)));
    }
}
