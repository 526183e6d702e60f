using System.Text;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Arguments travel to the engine in JSON, which holds text only.</summary>
internal static class Arguments
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="MemToolsException">ArgumentNotText.</exception>
    public static string Decode(byte[] argument)
    {
        try
        {
            return Strict.GetString(argument);
        }
        catch (DecoderFallbackException error)
        {
            throw new MemToolsException(
                "ArgumentNotText", MemToolsErrorCategory.InvalidArgument, "An argument is not valid UTF-8, and a container engine takes only text.",
                Encoding.UTF8.GetString(argument), "Pass such data in a file.", error);
        }
    }
}
