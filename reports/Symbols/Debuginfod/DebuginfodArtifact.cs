using System.Security.Cryptography;
using System.Text;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>One thing a server may have for a build-id.</summary>
/// <param name="BuildId">Lower-case hexadecimal digits.</param>
/// <param name="Kind"><c>debuginfo</c>, <c>executable</c> or <c>source</c>.</param>
/// <param name="SourcePath">Absolute path of a source file as the debug information has it; null for the other kinds.</param>
internal sealed record DebuginfodArtifact(string BuildId, string Kind, string? SourcePath = null)
{
    /// <summary>A build-id is 20 bytes, as a rule; from 2 to 64 are taken.</summary>
    private const int MinDigits = 4, MaxDigits = 128;

    /// <summary>Longest file name kept as it is.</summary>
    private const int MaxFileName = 200;

    /// <summary>Whether the text can be a build-id: an even number of hexadecimal digits.</summary>
    public static bool IsBuildId(string text) =>
        text.Length is >= MinDigits and <= MaxDigits && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);

    public bool IsElf => SourcePath is null;

    /// <summary>Name within the build-id's folder: for sources as elfutils has it, <c>source#usr#include#stdio.h</c>.</summary>
    public string FileName
    {
        get
        {
            if (SourcePath is null)
                return Kind;
            string name = Kind + SourcePath.Replace('/', '#');
            return Encoding.UTF8.GetByteCount(name) <= MaxFileName
                ? name
                : "source-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SourcePath)));
        }
    }
}
