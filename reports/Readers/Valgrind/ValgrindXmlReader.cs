using System.Globalization;
using System.Xml;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads valgrind memcheck's XML, protocol 4 (docs/internals/xml-output-protocol4.txt of valgrind).</summary>
/// <remarks>
/// <c>leakedbytes</c> of a definitely lost record includes its indirect bytes, which are listed again as indirectly lost: the direct bytes of
/// "640 (64 direct, 576 indirect) bytes in 1 blocks" are taken. A file without its closing tag is of a process that was killed.
/// Inlined frames share their ip; every frame but the innermost of a stack shows the address of the call (valgrind subtracts one).
/// </remarks>
public static class ValgrindXmlReader
{
    /// <summary>Largest text of an element that is kept.</summary>
    private const int MaxDepth = 64;

    /// <summary>Reads one process's file.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with the line, when the file is no valgrind XML from its beginning.</exception>
    public static EngineLeaks Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true,
            IgnoreProcessingInstructions = true, CheckCharacters = false, MaxCharactersFromEntities = 1 << 20, CloseInput = false,
        };
        using XmlReader xml = XmlReader.Create(stream, settings);
        var document = new ValgrindDocument();
        bool closed = false;
        try
        {
            closed = ReadDocument(xml, document, cancellation);
        }
        catch (XmlException e) when (document.IsValgrind)
        {
            document.Builder.Warnings.Add($"{name}, line {e.LineNumber}: the file is cut off or damaged ({e.Message}); what was read before is shown.");
        }
        catch (XmlException e)
        {
            throw ReportErrors.Malformed(name, e.LineNumber, 0, $"this is no valgrind XML: {e.Message}");
        }

        return document.ToLeaks(closed);
    }

    private static bool ReadDocument(XmlReader xml, ValgrindDocument document, CancellationToken cancellation)
    {
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.EndElement && xml.Name == "valgrindoutput")
            {
                return true;
            }

            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            switch (xml.Name)
            {
                case "valgrindoutput":
                    document.IsValgrind = true;
                    break;
                case "pid":
                    document.ProcessId = Number(xml.ReadInnerText());
                    break;
                case "protocoltool":
                    document.Tool = xml.ReadInnerText();
                    break;
                case "argv":
                    document.Program = ReadProgram(xml);
                    break;
                case "vargv":
                    foreach (string element in Children(xml))
                    {
                        if (element == "arg")
                        {
                            document.NoteArgument(xml.ReadInnerText());
                        }
                    }

                    break;
                case "state":
                    document.State = xml.ReadInnerText();
                    break;
                case "fatal_signal":
                    ReadSignal(xml, document);
                    break;
                case "error":
                    ReadError(xml, document);
                    break;
            }
        }

        return false;
    }

    private static string? ReadProgram(XmlReader xml)
    {
        string? program = null;
        foreach (string element in Children(xml))
        {
            if (element == "exe")
            {
                program = xml.ReadInnerText();
            }
        }

        return program;
    }

    private static void ReadSignal(XmlReader xml, ValgrindDocument document)
    {
        foreach (string element in Children(xml))
        {
            if (element == "signame")
            {
                document.Signal = xml.ReadInnerText();
            }
        }
    }

    private static void ReadError(XmlReader xml, ValgrindDocument document)
    {
        string kind = "";
        string text = "";
        long bytes = 0;
        long blocks = 0;
        int[] stack = [];
        foreach (string element in Children(xml))
        {
            switch (element)
            {
                case "kind":
                    kind = xml.ReadInnerText();
                    break;
                case "text":
                    text = xml.ReadInnerText();
                    break;
                case "leakedbytes":
                    bytes = LongNumber(xml.ReadInnerText());
                    break;
                case "leakedblocks":
                    blocks = LongNumber(xml.ReadInnerText());
                    break;
                case "stack" when stack.Length == 0:
                    stack = ReadStack(xml, document);
                    break;
            }
        }

        document.AddLeak(kind, text, bytes, blocks, stack);
    }

    private static int[] ReadStack(XmlReader xml, ValgrindDocument document)
    {
        var frames = new List<ValgrindFrame>();
        var frame = default(ValgrindFrame);
        foreach (string element in Children(xml))
        {
            switch (element)
            {
                case "frame":
                    if (frames.Count > 0)
                    {
                        frames[^1] = frame;
                    }

                    frame = default;
                    frames.Add(frame);
                    break;
                case "ip":
                    frame = frame with { Address = Address(xml.ReadInnerText()) };
                    break;
                case "obj":
                    frame = frame with { Module = xml.ReadInnerText() };
                    break;
                case "fn":
                    frame = frame with { Function = xml.ReadInnerText() };
                    break;
                case "dir":
                    frame = frame with { Directory = xml.ReadInnerText() };
                    break;
                case "file":
                    frame = frame with { File = xml.ReadInnerText() };
                    break;
                case "line":
                    frame = frame with { Line = (int)(Number(xml.ReadInnerText()) ?? 0) };
                    break;
            }
        }

        if (frames.Count > 0)
        {
            frames[^1] = frame;
        }

        frames.ForEach(document.NoteFrame);
        return ValgrindFrame.ToLocations(frames, document.Builder);
    }

    /// <summary>Names of all elements below the current one, at any depth; the reader is on the element, whose text the caller may take.</summary>
    private static IEnumerable<string> Children(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            yield break;
        }

        int depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                if (xml.Depth > MaxDepth)
                {
                    throw new XmlException($"Elements are nested deeper than {MaxDepth}.");
                }

                yield return xml.Name;
            }
        }
    }

    /// <summary>The text of the current element; leaves the reader on its end.</summary>
    private static string ReadInnerText(this XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            return "";
        }

        int depth = xml.Depth;
        string text = "";
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                text += xml.Value;
            }
        }

        return text.Trim();
    }

    private static long LongNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static ulong Address(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
            ? address
            : 0;
}
