using System.Globalization;

namespace MemTools.Allocators.Launch;

/// <summary>Run ids: UTC start time to 100 ns, then four random bytes. They sort by time and do not collide between processes.</summary>
internal static class RunId
{
    /// <remarks>The random part comes from a Guid: RandomNumberGenerator would load OpenSSL, which costs more than the launch.</remarks>
    public static string Create(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'-'fffffff'-'", CultureInfo.InvariantCulture) + Guid.NewGuid().ToString("N")[..8];

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
