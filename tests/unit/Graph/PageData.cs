using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MemTools.Tests.Graph;

/// <summary>The data block of a page: its JSON and the columns of stacks, read as the docs of HtmlData and HtmlStacks describe them.</summary>
internal sealed class PageData
{
    private readonly byte[] columns;
    private int at;

    private PageData(JsonElement json, byte[] columns)
    {
        Json = json;
        this.columns = columns;
        Stacks = ReadStacks([.. json.GetProperty("nodes").GetProperty("name").EnumerateArray().Select(name => name.GetString()!)], json.GetProperty("hasObjects").GetBoolean());
    }

    public JsonElement Json { get; }

    /// <summary>Frames root first, an asterisk after an inlined one; the value; the objects, 0 where the page has none.</summary>
    public IReadOnlyList<(string Frames, long Value, long Objects)> Stacks { get; }

    public static PageData Of(string page)
    {
        string text = Regex.Match(page, "id=\"data\">([^<]+)<").Groups[1].Value;
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress))
            gzip.CopyTo(plain, 81920);
        byte[] bytes = plain.ToArray();
        int end = Array.IndexOf(bytes, (byte)0);
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(0, end));
        return new PageData(json.RootElement.Clone(), bytes[(end + 1)..]);
    }

    private List<(string, long, long)> ReadStacks(string[] names, bool hasObjects)
    {
        int count = (int)Next();
        int[] shared = [.. Enumerable.Range(0, count).Select(_ => (int)Next())];
        int[] rest = [.. Enumerable.Range(0, count).Select(_ => (int)Next())];
        var stacks = new List<string[]>();
        for (int stack = 0; stack < count; stack++)
        {
            string[] before = stack == 0 ? [] : stacks[^1][..shared[stack]];
            stacks.Add([.. before, .. Enumerable.Range(0, rest[stack]).Select(_ => Next()).Select(frame => names[frame / 2] + (frame % 2 == 1 ? "*" : ""))]);
        }

        long[] values = [.. Enumerable.Range(0, count).Select(_ => Signed())];
        long[] objects = [.. Enumerable.Range(0, count).Select(_ => hasObjects ? Signed() : 0)];
        return [.. stacks.Select((frames, stack) => (string.Join(' ', frames), values[stack], objects[stack]))];
    }

    private long Next()
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

    private long Signed() => Next() is var coded && coded % 2 == 1 ? -(coded + 1) / 2 : coded / 2;
}
