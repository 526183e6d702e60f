using System.Globalization;
using System.Text;

namespace MemTools.Reports.Writers;

/// <summary>Fits texts from reports into columns of a terminal.</summary>
public static class TextCells
{
    private const char Ellipsis = '…';

    /// <summary>
    /// Makes text from a report safe to print: control characters (a hostile symbol or path could hold terminal sequences) become
    /// <c>\xNN</c>.
    /// </summary>
    public static string Safe(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                safe.Append(c);
            }
        }

        return safe.ToString();
    }

    /// <summary>Cuts the end off: names begin with what matters.</summary>
    public static string CutEnd(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 1)), Ellipsis.ToString());

    /// <summary>Cuts the beginning off: of a path and line the end matters.</summary>
    public static string CutStart(string text, int width) => text.Length <= width ? text : string.Concat(Ellipsis.ToString(), text.AsSpan(text.Length - Math.Max(0, width - 1)));

    /// <summary>Breaks a sentence at blanks into lines of the width, the first indented by one step, later ones by two.</summary>
    public static IEnumerable<string> Wrap(string text, int width, string step)
    {
        var line = new StringBuilder(step);
        int indent = step.Length;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > indent && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                indent = 2 * step.Length;
                line.Clear().Append(' ', indent);
            }

            if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }

            line.Append(word);
        }

        yield return line.ToString();
    }
}
