using System.Text;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;
using MemTools.Reports.Symbols.Output;
using MemTools.Reports.Symbols.Query;

namespace MemTools.Tests.Symbols;

/// <summary>Addresses of processes by memory maps as kernels write them, and questions that come one by one.</summary>
public sealed class SymbolSessionTests : IDisposable
{
    private const ulong Base = 0x5555_0000_0000;

    private readonly string folder = Directory.CreateTempSubdirectory("memtools session ").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData(" (deleted)")]
    public void A_file_with_spaces_in_its_path_is_found_deleted_mark_or_not(string mark)
    {
        string program = CopyTo("a server");
        Assert.Equal("main", Ask(Maps(program + mark), null, Base + MainOffset(program)).Single().Function);
    }

    [Fact]
    public void Below_a_sysroot_the_recorded_path_is_looked_for()
    {
        string program = CopyTo("root/opt/server");
        Assert.Equal("main", Ask(Maps("/opt/server"), new LocalFileSource(Path.Combine(folder, "root")), Base + MainOffset(program)).Single().Function);
    }

    [Fact]
    public void Addresses_of_no_file_keep_their_place_and_get_no_name()
    {
        string program = CopyTo("server");
        var answers = Ask(
            Maps(program) + "7fff00000000-7fff00002000 r-xp 00000000 00:00 0                  [vdso]\n7fff10000000-7fff10001000 r-xp 00000000 00:00 0\n",
            null, 0x7fff_0000_0040, 0x7fff_1000_0010, 0x1234, Base + MainOffset(program));
        Assert.Equal(new Answer("[vdso]", 0x40, ""), answers[0]);
        Assert.Equal("", answers[1].Function);
        // Unmapped: a module that was unloaded before the dump.
        Assert.Equal(new Answer("", 0x1234, ""), answers[2]);
        Assert.Equal("main", answers[3].Function);
    }

    [Fact]
    public void A_question_is_answered_before_the_next_is_read()
    {
        string program = CopyTo("server");
        string main = $"{MainOffset(program):x}";
        using var session = new SymbolSession(new SymbolSessionOptions { BinaryPaths = [program] });
        using var output = new MemoryStream();
        using var writer = SymbolWriter.Create(SymbolOutputFormat.Addr2Line, output);
        var answers = new List<string>();
        using var input = new OneByOne([main, "0", main], () =>
        {
            answers.Add(Encoding.UTF8.GetString(output.ToArray()).Split('\n')[0]);
            output.SetLength(0);
        });
        SymbolStream.Run(session, new AddressReader(input, AddressRadix.Hexadecimal, () => false), writer, _ => false, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(["", "main", "??", "main"], answers);
    }

    [Theory]
    [InlineData("10", AddressRadix.Hexadecimal, 0x10)]
    [InlineData("0X10", AddressRadix.HexadecimalDigits, 0x10)]
    [InlineData("12zz", AddressRadix.HexadecimalDigits, 0x12)]
    [InlineData("zz", AddressRadix.HexadecimalDigits, 0)]
    [InlineData("", AddressRadix.HexadecimalDigits, 0)]
    [InlineData("ffffffffffffffffff", AddressRadix.HexadecimalDigits, ulong.MaxValue)]
    [InlineData("10", AddressRadix.ByPrefix, 10)]
    [InlineData("010", AddressRadix.ByPrefix, 8)]
    [InlineData("12zz", AddressRadix.Hexadecimal, null)]
    [InlineData("08", AddressRadix.ByPrefix, null)]
    public void Numbers_are_read_as_the_tools_read_them(string text, AddressRadix radix, object? expected) =>
        Assert.Equal(expected is null ? (ulong?)null : Convert.ToUInt64(expected, System.Globalization.CultureInfo.InvariantCulture), AddressReader.TryParse(Encoding.UTF8.GetBytes(text), radix, out ulong address) ? address : null);

    private string CopyTo(string name)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Sample(), path);
        return path;
    }

    /// <summary>A program of three pages of headers, code and data, mapped as the kernel maps it.</summary>
    private static string Maps(string path) =>
        $"{Base:x}-{Base + 0x1000:x} r--p 00000000 08:01 77 {path}\n{Base + 0x1000:x}-{Base + 0x3000:x} r-xp 00001000 08:01 77 {path}\n{Base + 0x3000:x}-{Base + 0x4000:x} r--p 00003000 08:01 77 {path}\n";

    private static ulong MainOffset(string program)
    {
        using ElfFile elf = ElfFile.Open(program);
        return elf.Symbols.Single(s => s.Name == "main").Value;
    }

    private static List<Answer> Ask(string maps, IFileSource? files, params ulong[] addresses)
    {
        var mappings = new List<Mapping>();
        foreach (string line in maps.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(ProcMaps.TryParse(Encoding.UTF8.GetBytes(line), out Mapping mapping), line);
            mappings.Add(mapping);
        }

        using var session = new SymbolSession(new SymbolSessionOptions { Mappings = mappings, Files = files });
        var answers = new List<Answer>();
        session.Resolve(addresses, (place, frames) =>
            answers.Add(new Answer(place.Module, place.Offset, frames.IsEmpty ? "" : Encoding.UTF8.GetString(session.Store.FunctionName(frames[^1].Function)))));
        return answers;
    }

    private static string Sample()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Combine(at, "samples", "dmserver", "prebuilt", "dmserver") is var path && File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("samples/dmserver/prebuilt/dmserver");
    }

    private sealed record Answer(string Module, ulong Offset, string Function);

    /// <summary>Gives one line a read, and tells before each.</summary>
    private sealed class OneByOne(IReadOnlyList<string> lines, Action beforeRead) : MemoryStream
    {
        private int next;

        public override int Read(byte[] buffer, int offset, int count)
        {
            beforeRead();
            return next < lines.Count ? Encoding.UTF8.GetBytes(lines[next++] + "\n", buffer.AsSpan(offset, count)) : 0;
        }
    }
}
