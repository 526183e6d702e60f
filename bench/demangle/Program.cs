using System.Buffers;
using System.Diagnostics;
using MemTools.Reports.Symbols.Demangle;

// demangle-bench filter [full|noparameters|short] < names        one readable name a line, as c++filt does
// demangle-bench time [rounds] < names                           the engine alone, without reading and writing
using Stream input = Console.OpenStandardInput();
var names = new MemoryStream();
input.CopyTo(names);
byte[] bytes = names.ToArray();
var lines = new List<(int Start, int Length)>();
for (int start = 0; start < bytes.Length;)
{
    int length = bytes.AsSpan(start).IndexOf((byte)'\n');
    if (length < 0)
        length = bytes.Length - start;
    lines.Add((start, length));
    start += length + 1;
}

var output = new ArrayBufferWriter<byte>(32 * 1024 * 1024);
if (args is ["filter", ..])
{
    DemangleStyle style = args.Length > 1 ? Enum.Parse<DemangleStyle>(args[1], ignoreCase: true) : DemangleStyle.Full;
    foreach ((int start, int length) in lines)
    {
        ReadOnlySpan<byte> name = bytes.AsSpan(start, length);
        if (!Demangler.TryDemangle(name, style, output))
            output.Write(name);
        output.Write("\n"u8);
    }
    using Stream stdout = Console.OpenStandardOutput();
    stdout.Write(output.WrittenSpan);
    return 0;
}

int rounds = args.Length > 1 ? int.Parse(args[1]) : 10;
double best = double.MaxValue, first = 0;
for (int round = 0; round < rounds; round++)
{
    output.ResetWrittenCount();
    long begin = Stopwatch.GetTimestamp();
    foreach ((int start, int length) in lines)
        Demangler.TryDemangle(bytes.AsSpan(start, length), DemangleStyle.Full, output);
    double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
    first = round == 0 ? seconds : first;
    best = Math.Min(best, seconds);
}
Console.WriteLine($"{lines.Count} names, {bytes.Length / 1e6:F1} MB in, {output.WrittenCount / 1e6:F1} MB out");
Console.WriteLine($"first round {first:F3} s, best {best:F3} s = {output.WrittenCount / 1e6 / best:F0} MB/s out");
return 0;
