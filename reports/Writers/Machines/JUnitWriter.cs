using System.Globalization;
using System.Text;
using System.Xml;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// Writes JUnit XML as Ant's JUnit tasks do (the schema of windyroad/JUnit-Schema, which CI servers follow): a test suite per report; a failed test case per
/// record, one passed for a clean check, an error for what was not checked.
/// </summary>
public static class JUnitWriter
{
    /// <summary>Writes the reports as UTF-8.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n", CloseOutput = false };
        using XmlWriter xml = XmlWriter.Create(stream, settings);
        xml.WriteStartDocument();
        xml.WriteStartElement("testsuites");
        for (int i = 0; i < reports.Count; i++)
        {
            WriteSuite(xml, reports[i], i, options);
        }

        xml.WriteEndElement();
        xml.WriteEndDocument();
    }

    private static void WriteSuite(XmlWriter xml, LeakReport report, int id, MachineReportOptions options)
    {
        bool isUnchecked = report.Verdict == Verdict.NotChecked;
        int known = report.Leaks.Count(IsKnown);
        int failures = report.Verdict == Verdict.Leaks ? Math.Max(report.Leaks.Count == 0 ? 1 : 0, report.Leaks.Count - known) : 0;
        xml.WriteStartElement("testsuite");
        Attribute(xml, "package", "memtools");
        Attribute(xml, "id", id.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "name", LeakSentences.Subject(report));
        Attribute(xml, "timestamp", options.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Attribute(xml, "hostname", "localhost");
        Attribute(xml, "tests", Math.Max(1, report.Verdict == Verdict.Leaks ? failures + known : 0).ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", failures.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", isUnchecked ? "1" : "0");
        Attribute(xml, "time", "0");
        xml.WriteStartElement("properties");
        Property(xml, "verdict", report.Verdict.ToString());
        Property(xml, "bytes", report.Bytes.ToString(CultureInfo.InvariantCulture));
        Property(xml, "objects", report.Objects.ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        WriteCases(xml, report, options);
        xml.WriteElementString("system-out", Clean(string.Join('\n', report.Warnings)));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteCases(XmlWriter xml, LeakReport report, MachineReportOptions options)
    {
        string group = report.FilePath is { } path ? System.IO.Path.GetFileName(path) : report.Engine.Length > 0 ? report.Engine : "memtools";
        if (report.Verdict != Verdict.Leaks || report.Leaks.Count == 0)
        {
            Case(xml, group, "leak check" + (report.Check.Length > 0 ? " " + report.Check : ""), report.Verdict switch
            {
                Verdict.Clean => null,
                Verdict.Leaks => ("failure", "Leak", LeakSummaryText.Headline(report), report.VerdictReason),
                _ => ("error", "NotChecked", report.VerdictReason, report.VerdictReason),
            });
            return;
        }

        foreach (LeakRecord leak in report.Leaks)
        {
            SourcePlace place = SourcePlace.Of(leak, options);
            string where = place.Path is null ? "" : place.Line > 0 ? $" at {place.Path}:{place.Line}" : $" at {place.Path}";
            string message = LeakSentences.Message(leak) + where;
            Case(
                xml, group, $"{leak.Function ?? leak.Module ?? "unknown function"}{where} [{leak.Fingerprint}]",
                IsKnown(leak) ? null : ("failure", leak.Kind.ToString(), message, message + "\n" + LeakSentences.StackText(leak)));
        }
    }

    /// <summary>A leak that the baseline has is a passed test: it would else hide the new ones.</summary>
    private static bool IsKnown(LeakRecord leak) => leak.Status is LeakStatus.Same or LeakStatus.Shrunk;

    private static void Case(XmlWriter xml, string group, string name, (string Element, string Type, string Message, string Text)? problem)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", name);
        Attribute(xml, "classname", group);
        Attribute(xml, "time", "0");
        if (problem is { } p)
        {
            xml.WriteStartElement(p.Element);
            Attribute(xml, "message", p.Message);
            Attribute(xml, "type", p.Type);
            xml.WriteString(Clean(p.Text));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    /// <summary>XML 1.0 has no place for control characters and lone surrogates, which hostile names may hold.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return clean.ToString();
    }
}
