using System.Globalization;

namespace MemTools.Allocators.Launch;

/// <summary>Run ids: UTC start time to 100 ns, then four random bytes. They sort by time and do not collide between processes.</summary>
internal static class RunId
{
    /// <remarks>
    /// The random part needs to be different, not secret (RandomNumberGenerator would load OpenSSL, which costs more than the launch). The time comes from the
    /// round-trip format, whose code is compiled ahead: 2026-01-02T03:04:05.6789012Z becomes 20260102T030405-6789012.
    /// </remarks>
    public static string Create(DateTimeOffset time)
    {
        string text = time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        string compact = text[..^1].Replace("-", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal).Replace('.', '-');
        return compact + "-" + ((uint)Random.Shared.NextInt64(1L << 32)).ToString("x8", CultureInfo.InvariantCulture);
    }

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
