using System.Globalization;
using System.Text;

namespace MemTools.Bench.Leaks;

/// <summary>Writes reports as the engines do: many stacks over few addresses, the same ones at each run.</summary>
internal static class Inputs
{
    private const int Depth = 20;
    private const int Addresses = 20_000;
    private const ulong Base = 0x55d0_1c40_0000;

    public static readonly IReadOnlyDictionary<string, Action<TextWriter, int>> Formats = new Dictionary<string, Action<TextWriter, int>>
    {
        ["heap"] = Gperftools, ["lsan"] = LeakSanitizer, ["valgrind-xml"] = Valgrind, ["jemalloc"] = Jemalloc, ["mtrace"] = Mtrace, ["heaptrack"] = Heaptrack,
    };

    public static void Write(string path, string format, int records)
    {
        if (!Formats.TryGetValue(format, out Action<TextWriter, int>? write))
            throw new ArgumentException($"there is no format {format}; there are: {string.Join(", ", Formats.Keys)}");
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        write(writer, records);
    }

    private static void Gperftools(TextWriter writer, int records)
    {
        writer.Write($"heap profile: {records}: {records * 48L} [ {records}: {records * 48L}] @ heapprofile\n");
        foreach (ulong[] stack in Stacks(records))
        {
            writer.Write("     1:       48 [     1:       48] @");
            Frames(writer, stack);
        }

        Maps(writer);
    }

    private static void Jemalloc(TextWriter writer, int records)
    {
        writer.Write($"heap_v2/1\n  t*: {records}: {records * 48L} [0: 0]\n  t0: {records}: {records * 48L} [0: 0]\n");
        foreach (ulong[] stack in Stacks(records))
        {
            writer.Write('@');
            Frames(writer, stack);
            writer.Write("  t*: 1: 48 [0: 0]\n  t0: 1: 48 [0: 0]\n");
        }

        Maps(writer);
    }

    private static void LeakSanitizer(TextWriter writer, int records)
    {
        writer.Write("\n=================================================================\n==4711==ERROR: LeakSanitizer: detected memory leaks\n");
        foreach (ulong[] stack in Stacks(records))
        {
            writer.Write("\nDirect leak of 48 byte(s) in 1 object(s) allocated from:\n");
            for (int i = 0; i < stack.Length; i++)
                writer.Write($"    #{i} 0x{stack[i]:x} in {Function(stack[i])} /src/server/{Unit(stack[i])}.cpp:{Line(stack[i])}\n");
        }

        writer.Write($"\nSUMMARY: LeakSanitizer: {records * 48L} byte(s) leaked in {records} allocation(s).\n");
    }

    private static void Valgrind(TextWriter writer, int records)
    {
        writer.Write("<?xml version=\"1.0\"?>\n\n<valgrindoutput>\n\n<protocolversion>4</protocolversion>\n<protocoltool>memcheck</protocoltool>\n\n<pid>4711</pid>\n<ppid>1</ppid>\n"
            + "<tool>memcheck</tool>\n\n<args>\n  <argv>\n    <exe>/srv/bench/server</exe>\n  </argv>\n</args>\n\n<status>\n  <state>RUNNING</state>\n</status>\n\n");
        int number = 0;
        foreach (ulong[] stack in Stacks(records))
        {
            writer.Write($"<error>\n  <unique>0x{number:x}</unique>\n  <tid>1</tid>\n  <kind>Leak_DefinitelyLost</kind>\n  <xwhat>\n"
                + $"    <text>48 bytes in 1 blocks are definitely lost in loss record {++number} of {records}</text>\n"
                + "    <leakedbytes>48</leakedbytes>\n    <leakedblocks>1</leakedblocks>\n  </xwhat>\n  <stack>\n");
            foreach (ulong address in stack)
            {
                writer.Write($"    <frame>\n      <ip>0x{address:X}</ip>\n      <obj>/srv/bench/server</obj>\n      <fn>{Function(address)}</fn>\n      <dir>/src/server</dir>\n"
                    + $"      <file>{Unit(address)}.cpp</file>\n      <line>{Line(address)}</line>\n    </frame>\n");
            }

            writer.Write("  </stack>\n</error>\n\n");
        }

        writer.Write("<status>\n  <state>FINISHED</state>\n</status>\n\n</valgrindoutput>\n");
    }

    private static void Mtrace(TextWriter writer, int records)
    {
        writer.Write("= Start\n");
        ulong place = 0x7f00_0000_0000;
        foreach (ulong[] stack in Stacks(records))
            writer.Write($"@ /srv/bench/server:[0x{stack[0] - Base:x}] + 0x{place += 64:x} 0x30\n");
        writer.Write("= End\n");
    }

    private static void Heaptrack(TextWriter writer, int records)
    {
        writer.Write("v 10400 3\nX /srv/bench/server\nI 1000 5e27ec\ns 11 /srv/bench/server\ns 6 malloc\n");
        for (int i = 0; i < Addresses; i++)
            writer.Write($"s {Function(Address(i)).Length:x} {Function(Address(i))}\ni {Address(i):x} 1 {i + 3:x}\n");
        int traces = 0;
        int allocations = 0;
        foreach (ulong[] stack in Stacks(records))
        {
            for (int i = stack.Length - 1; i >= 0; i--)
            {
                writer.Write($"t {(stack[i] - Base) / 48 + 1:x} {(i == stack.Length - 1 ? 0 : traces):x}\n");
                traces++;
            }

            writer.Write($"a 30 {traces:x}\n+ {allocations++:x}\n");
        }

        writer.Write("c 5\nR 100\n");
    }

    /// <summary>Distinct stacks: the outer frames are few, the inner ones any.</summary>
    private static IEnumerable<ulong[]> Stacks(int count)
    {
        var random = new Random(1);
        var stack = new ulong[Depth];
        for (int record = 0; record < count; record++)
        {
            for (int i = 0; i < Depth; i++)
                stack[i] = Address(i > Depth - 4 ? Depth - i : random.Next(4, Addresses));
            yield return stack;
        }
    }

    private static ulong Address(int index) => Base + ((ulong)index * 48);

    private static string Function(ulong address) => $"shop::Handler_{(address - Base) / 4800}::serve_{(address - Base) / 48}";

    private static string Unit(ulong address) => $"unit{(address - Base) / 48000}";

    private static string Line(ulong address) => ((address - Base) / 48 % 2000).ToString(CultureInfo.InvariantCulture);

    private static void Frames(TextWriter writer, ulong[] stack)
    {
        foreach (ulong address in stack)
            writer.Write($" 0x{address:x}");
        writer.Write('\n');
    }

    private static void Maps(TextWriter writer) =>
        writer.Write($"\nMAPPED_LIBRARIES:\n{Base:x}-{Base + 0x1000000:x} r-xp 00000000 fe:01 4711 /srv/bench/server\n");
}
