using System.Globalization;

namespace MemTools.Reports.Writers.Views;

/// <summary>The top table as CSV (RFC 4180), values in the sample type's unit.</summary>
public static class CsvView
{
    /// <summary>Writes a header line and a line per row.</summary>
    public static void Write(TextWriter output, IReadOnlyList<TopRow> rows)
    {
        output.Write("flat,flat_percent,sum_percent,cum,cum_percent,function,file,line,module\r\n");
        foreach (TopRow row in rows)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture,
                $"{row.Flat},{row.FlatPercent:0.####},{row.SumPercent:0.####},{row.Cum},{row.CumPercent:0.####},{Quote(row.Function)},{Quote(row.File)},{row.Line},{Quote(row.Module)}\r\n"));
        }
    }

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
