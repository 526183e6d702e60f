using System.Globalization;
using System.Text;
using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>
/// Tells a leak from a one-time cost: the program repeats its work N/2 times in one process and N times in another, and only what is more in the second one has grown
/// with N. Everything that the program sets up once, in the first half of the repetitions or before them, is in both.
/// </summary>
public static class RepeatedLaunch
{
    /// <summary>Stands for the number in arguments and in the values of variables.</summary>
    public const string Placeholder = "{repeat}";

    /// <summary>Fewer repetitions cannot be told from a jitter of one object.</summary>
    public const int Fewest = 4;

    /// <summary>Runs both.</summary>
    /// <param name="request">With the placeholder in an argument or a variable.</param>
    /// <param name="times">Repetitions, at least <see cref="Fewest"/>.</param>
    /// <param name="run">Starts a program and waits for it.</param>
    /// <returns>The run with N repetitions, whose reports hold what grew; the run with N/2 when that was ended on request.</returns>
    /// <exception cref="MemToolsException">RepeatInvalid, RepeatPlaceholderMissing, and those of <paramref name="run"/>.</exception>
    public static async Task<AllocatorRun> RunAsync(LaunchRequest request, int times, Func<LaunchRequest, Task<AllocatorRun>> run)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(run);
        Check(request, times);
        int half = times / 2;
        AllocatorRun baseline = await run(Fill(request, half));
        return baseline.EndedBy is not null ? baseline : await run(Fill(request, times) with { Repeat = new RunRepeat(times, half, baseline.Id) });
    }

    /// <summary>The request with a number in place of the placeholder.</summary>
    public static LaunchRequest Fill(LaunchRequest request, int times)
    {
        ArgumentNullException.ThrowIfNull(request);
        string number = times.ToString(CultureInfo.InvariantCulture);
        return request with
        {
            Arguments = [.. request.Arguments.Select(argument => Replace(argument, Encoding.ASCII.GetBytes(number)))],
            Environment = request.Environment.ToDictionary(static pair => pair.Key, pair => pair.Value?.Replace(Placeholder, number, StringComparison.Ordinal)),
        };
    }

    private static void Check(LaunchRequest request, int times)
    {
        if (times < Fewest)
        {
            throw new MemToolsException(
                "RepeatInvalid", MemToolsErrorCategory.InvalidArgument, $"{times} repetitions are too few to tell growth from jitter.", times, $"Repeat at least {Fewest} times.");
        }
        if (request.HeapCheck == HeapCheckMode.None || request.NoWait)
        {
            throw new MemToolsException(
                "RepeatInvalid", MemToolsErrorCategory.InvalidArgument,
                request.NoWait ? "Two runs one after the other cannot be left alone." : "Repetitions are compared by their leaks, and no leak check was asked for.", times,
                request.NoWait ? "Leave -NoWait / --no-wait out." : "Add -HeapCheck Normal / --heap-check normal.");
        }
        if (!request.Arguments.Any(static a => a.AsSpan().IndexOf("{repeat}"u8) >= 0)
            && !request.Environment.Values.Any(static v => v?.Contains(Placeholder, StringComparison.Ordinal) == true))
        {
            throw new MemToolsException(
                "RepeatPlaceholderMissing", MemToolsErrorCategory.InvalidArgument, $"Nothing tells the program how often to repeat its work: no argument or variable holds {Placeholder}.",
                request.FilePath, $"Write {Placeholder} where the program takes a number, for example --requests {Placeholder}.");
        }
    }

    private static byte[] Replace(byte[] argument, byte[] number)
    {
        ReadOnlySpan<byte> rest = argument;
        int at = rest.IndexOf("{repeat}"u8);
        if (at < 0)
            return argument;
        var filled = new List<byte>(argument.Length);
        for (; at >= 0; at = rest.IndexOf("{repeat}"u8))
        {
            filled.AddRange(rest[..at]);
            filled.AddRange(number);
            rest = rest[(at + Placeholder.Length)..];
        }
        filled.AddRange(rest);
        return [.. filled];
    }
}
