using System.Globalization;
using System.Security.Cryptography;

namespace MemTools.Allocators.Launch;

/// <summary>Run ids: UTC start time to 100 ns, then four random bytes. They sort by time and do not collide between processes.</summary>
internal static class RunId
{
    public static string Create(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyyMMdd'T'HHmmss'-'fffffff}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>True for a text that can be a run's folder name; keeps paths such as <c>../x</c> out.</summary>
    public static bool IsValid(string id)
    {
        if (id.Length is 0 or > 64)
            return false;
        foreach (char c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        return true;
    }
}
