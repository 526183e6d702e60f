using System.Globalization;

namespace MemTools.Reports.Readers;

/// <summary>The parts of <c>PROGRAM.PID.CHECK-end.heap</c>, the name that gperftools' heap checker gives its profile.</summary>
/// <param name="Program">Base name of argv[0].</param>
/// <param name="ProcessId">Process that was checked.</param>
/// <param name="Check"><c>_main_</c> or the name of an explicit checker.</param>
public sealed record HeapFileName(string Program, int ProcessId, string Check)
{
    private const string Ending = "-end.heap";

    /// <summary>Parses a path's file name; null when it is not of that form. Any part may hold dots, so a known check name makes it certain.</summary>
    public static HeapFileName? Parse(string path, string? check = null)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (!name.EndsWith(Ending, StringComparison.Ordinal))
        {
            return null;
        }

        name = name[..^Ending.Length];
        check ??= name.EndsWith("._main_", StringComparison.Ordinal) ? "_main_" : null;
        if (check is not null)
        {
            if (!name.EndsWith("." + check, StringComparison.Ordinal))
            {
                return null;
            }

            string rest = name[..^(check.Length + 1)];
            int dot = rest.LastIndexOf('.');
            return dot >= 0 && TryPid(rest[(dot + 1)..], out int pid) ? new HeapFileName(rest[..dot], pid, check) : null;
        }

        string[] parts = name.Split('.');
        for (int i = parts.Length - 2; i >= 1; i--)
        {
            if (TryPid(parts[i], out int pid))
            {
                return new HeapFileName(string.Join('.', parts[..i]), pid, string.Join('.', parts[(i + 1)..]));
            }
        }

        return null;
    }

    private static bool TryPid(string text, out int pid) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out pid) && pid > 0;
}
