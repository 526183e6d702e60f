using MemTools.Reports.Gate;

namespace MemTools.Tests.Reports;

public sealed class LeakLimitTests
{
    [Theory]
    [InlineData("24MB", 24L * 1024 * 1024, null)]
    [InlineData("1 KB", 1024L, null)]
    [InlineData("10 objects", null, 10L)]
    [InlineData("1object", null, 1L)]
    [InlineData("any", null, null)]
    public void ReadsLimits(string text, long? bytes, long? objects)
    {
        LeakLimit limit = LeakLimit.TryParse(text)!;
        Assert.Equal((bytes, objects, false), (limit.Bytes, limit.Objects, limit.IsNone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0 objects")]
    [InlineData("many")]
    [InlineData("1.5 objects")]
    [InlineData("10 objects or so")]
    public void RefusesOthers(string text) => Assert.Null(LeakLimit.TryParse(text));

    [Fact]
    public void TheStrictestHolds()
    {
        static (long?, long?) Of(params string[] texts)
        {
            LeakGateOptions options = LeakLimit.Apply(texts.Select(t => LeakLimit.TryParse(t)!), new LeakGateOptions());
            return (options.LessThanBytes, options.MaxObjects);
        }

        Assert.Equal((null, null), Of());
        Assert.Equal((1024, 9), Of("1KB", "10 objects", "2KB"));
        Assert.Equal((null, null), Of("1KB", "any"));
        Assert.Equal((long.MaxValue, null), Of("none"));
        Assert.Equal((1024, null), Of("none", "1KB"));
    }
}
