using System.Runtime.InteropServices;
using MemTools.Reports.Symbols.Output;

namespace MemTools.Reports.Symbols.Query;

/// <summary>Answers a stream of addresses, in order, while they come.</summary>
public static class SymbolStream
{
    /// <summary>Reads to the end of the input; what was asked is flushed before waiting for more.</summary>
    /// <param name="session">What is asked.</param>
    /// <param name="input">The questions.</param>
    /// <param name="writer">Prints the answers.</param>
    /// <param name="notAnAddress">Told of each line that is no address, in its turn; returns true to have an unknown address printed.</param>
    /// <param name="warn">Told of warnings as they come.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    public static void Run(
        SymbolSession session, AddressReader input, SymbolWriter writer, Func<string, bool> notAnAddress, Action<string> warn, CancellationToken cancellation)
    {
        var batch = new List<AddressLine>();
        while (input.Next(batch))
        {
            Answer(session, batch, writer, notAnAddress, cancellation);
            writer.Flush();
            foreach (string warning in session.TakeWarnings())
                warn(warning);
        }
    }

    /// <summary>Answers one batch.</summary>
    public static void Answer(SymbolSession session, List<AddressLine> batch, SymbolWriter writer, Func<string, bool> notAnAddress, CancellationToken cancellation)
    {
        var addresses = new ulong[batch.Count];
        int count = 0;
        foreach (AddressLine line in CollectionsMarshal.AsSpan(batch))
        {
            if (line.Text is null)
                addresses[count++] = line.Address;
        }

        int at = 0;
        session.Resolve(addresses.AsSpan(0, count), (place, frames) =>
        {
            PrintTexts();
            writer.Write(place.Address, place.Module, place.Offset, frames, session.Store);
            at++;
        }, cancellation);
        PrintTexts();

        void PrintTexts()
        {
            for (; at < batch.Count && batch[at].Text is { } text; at++)
            {
                writer.Flush();
                if (notAnAddress(text))
                    writer.Write(0, "", 0, [], session.Store);
            }
        }
    }
}
