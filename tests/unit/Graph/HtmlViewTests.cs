using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
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
        string text = Regex.Match(Page("t", "load"), "id=\"data\">([^<]+)<").Groups[1].Value;
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using JsonDocument json = JsonDocument.Parse(gzip);
        JsonElement root = json.RootElement;
        string[] names = [.. root.GetProperty("nodes").GetProperty("name").EnumerateArray().Select(name => name.GetString()!)];
        int[] frames = [.. root.GetProperty("stacks").GetProperty("frames").EnumerateArray().Select(frame => frame.GetInt32())];
        Assert.Equal([100L, 50, 40, 10], root.GetProperty("stacks").GetProperty("values").EnumerateArray().Select(value => value.GetInt64()));
        Assert.Equal([2L, 1, 4, 1], root.GetProperty("stacks").GetProperty("objects").EnumerateArray().Select(value => value.GetInt64()));
        Assert.Equal(["main", "load"], frames[..2].Select(frame => names[frame]));
    }

    [Fact]
    public void Policy_admits_only_the_pages_own_script() =>
        Assert.Matches("Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'", Page("t", "load"));
}
