using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Tests.Graph;

public class HtmlViewTests
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>";

    private static string Page(string title, string function)
    {
        Profile profile = Profiles.Calls();
        profile.Locations[1].Lines = [new Line(new Function(function, function, function), function, 1)];
        using var output = new MemoryStream();
        FrameTable table = FrameTableBuilder.Build(profile, new ReportOptions(), TestContext.Current.CancellationToken);
        try
        {
            HtmlView.Write(output, profile, table, new HtmlFacts { Title = title }, TestContext.Current.CancellationToken);
        }
        catch (MemToolsException missing) when (missing.ErrorId == "HtmlViewerMissing")
        {
            Assert.Skip("This build has no viewer: npm was missing.");
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public void Hostile_names_never_become_markup()
    {
        string page = Page(Hostile, Hostile);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;img", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_holds_the_stacks_root_first()
    {
        var stacks = PageData.Of(Page("t", "load")).Stacks.OrderByDescending(stack => stack.Value).ToArray();
        Assert.Equal([100L, 50, 40, 10], stacks.Select(stack => stack.Value));
        Assert.Equal([2L, 1, 4, 1], stacks.Select(stack => stack.Objects));
        Assert.Equal(["main load", "main load parse", "main walk walk", "main parse helper*"], stacks.Select(stack => stack.Frames));
    }

    [Fact]
    public void Policy_admits_only_the_pages_own_script() =>
        Assert.Matches("Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'", Page("t", "load"));
}
