using System.Net;
using System.Security.Cryptography;
using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// The report as one self-contained page. Everything that comes from a profile travels as gzip in base64 and is put on the page as
/// text by the script, so that no name can become markup; the content-security policy admits only the page's own script and style.
/// </summary>
public static class HtmlView
{
    /// <summary>Writes the page.</summary>
    /// <exception cref="MemToolsException">HtmlViewerMissing: this build has no viewer.</exception>
    public static void Write(Stream output, Profile profile, FrameTable table, HtmlFacts facts, CancellationToken cancellation)
    {
        string script = Resource("viewer.js");
        string style = Resource("viewer.css");
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(facts.Title),
            ["style"] = style,
            ["script"] = script,
            ["styleHash"] = Hash(style),
            ["scriptHash"] = Hash(script),
            ["data"] = HtmlData.Pack(profile, table, facts, cancellation),
        };
        using var writer = new StreamWriter(output, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
        Fill(Resource("template.html"), values, writer);
    }

    /// <summary>Replaces <c>{{name}}</c> in one pass, so that no value is read as a template.</summary>
    private static void Fill(string template, Dictionary<string, string> values, TextWriter writer)
    {
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and int open)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            writer.Write(template.AsSpan(at, open - at));
            writer.Write(values[template[(open + 2)..close]]);
            at = close + 2;
        }

        writer.Write(template.AsSpan(at));
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream? stream = typeof(HtmlView).Assembly.GetManifestResourceStream("MemTools.Reports.Viewer." + name);
        if (stream is null)
        {
            throw new MemToolsException(
                "HtmlViewerMissing", MemToolsErrorCategory.NotInstalled, "This build of MemTools has no Html viewer: it was built where npm was missing.", name,
                "Install Node.js with npm and build again, or use the FlameGraph view.");
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
