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
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress))
            gzip.CopyTo(plain, 81920);
        byte[] bytes = plain.ToArray();
        int end = Array.IndexOf(bytes, (byte)0);
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(0, end));
        string[] names = [.. json.RootElement.GetProperty("nodes").GetProperty("name").EnumerateArray().Select(name => name.GetString()!)];
        var stacks = Stacks(bytes[(end + 1)..], names).OrderByDescending(stack => stack.Bytes).ToArray();
        Assert.Equal([100L, 50, 40, 10], stacks.Select(stack => stack.Bytes));
        Assert.Equal([2L, 1, 4, 1], stacks.Select(stack => stack.Objects));
        Assert.Equal(["main load", "main load parse", "main walk walk", "main parse helper*"], stacks.Select(stack => stack.Frames));
    }

    /// <summary>Reads the columns as docs of HtmlStacks describe them; an asterisk marks an inlined frame.</summary>
    private static List<(string Frames, long Bytes, long Objects)> Stacks(byte[] columns, string[] names)
    {
        int at = 0;
        long Next()
        {
            long value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = columns[at++];
                value |= (long)(part & 0x7F) << shift;
                if (part < 0x80)
                    return value;
            }
        }

        long Signed() => Next() is var coded && coded % 2 == 1 ? -(coded + 1) / 2 : coded / 2;
        int count = (int)Next();
        int[] shared = [.. Enumerable.Range(0, count).Select(_ => (int)Next())];
        int[] rest = [.. Enumerable.Range(0, count).Select(_ => (int)Next())];
        var stacks = new List<string[]>();
        for (int stack = 0; stack < count; stack++)
        {
            string[] before = stack == 0 ? [] : stacks[^1][..shared[stack]];
            stacks.Add([.. before, .. Enumerable.Range(0, rest[stack]).Select(_ => Next()).Select(frame => names[frame / 2] + (frame % 2 == 1 ? "*" : ""))]);
        }

        long[] bytes = [.. Enumerable.Range(0, count).Select(_ => Signed())];
        long[] objects = [.. Enumerable.Range(0, count).Select(_ => Signed())];
        return [.. stacks.Select((frames, stack) => (string.Join(' ', frames), bytes[stack], objects[stack]))];
    }

    [Fact]
    public void Policy_admits_only_the_pages_own_script() =>
        Assert.Matches("Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'", Page("t", "load"));
}
