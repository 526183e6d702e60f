using System.Formats.Tar;
using System.Text;
using MemTools.Containers.Files;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

/// <summary>Tars made by another writer are read right, and broken ones refused.</summary>
public class TarStreamReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static byte[] Tar(TarEntryFormat format, params TarEntryInfo[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (TarEntryInfo info in entries)
            {
                System.Formats.Tar.TarEntry entry = format == TarEntryFormat.Gnu ? new GnuTarEntry(info.Type, info.Name)
                    : format == TarEntryFormat.Ustar ? new UstarTarEntry(info.Type, info.Name) : new PaxTarEntry(info.Type, info.Name);
                if (info.Content is not null)
                    entry.DataStream = new MemoryStream(info.Content);
                if (info.Link is not null)
                    entry.LinkName = info.Link;
                entry.Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    private static async Task<List<(string Name, TarKind Kind, string Link, byte[] Content)>> ReadAsync(byte[] tar)
    {
        var reader = new TarStreamReader(new MemoryStream(tar), "test");
        var entries = new List<(string, TarKind, string, byte[])>();
        while (await reader.NextAsync(Token) is { } entry)
        {
            using var content = new MemoryStream();
            byte[] buffer = new byte[100];
            int read;
            while ((read = await reader.ReadContentAsync(buffer, Token)) > 0)
                content.Write(buffer, 0, read);
            entries.Add((entry.Name, entry.Kind, entry.LinkName, content.ToArray()));
        }

        return entries;
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Reads_all_three_formats(TarEntryFormat format)
    {
        string longName = "some/" + new string('d', 60) + "/" + new string('f', format == TarEntryFormat.Ustar ? 60 : 250);
        byte[] content = Encoding.UTF8.GetBytes(new string('x', 1000));
        var entries = await ReadAsync(Tar(
            format, new(TarEntryType.Directory, "some/"), new(TarEntryType.RegularFile, longName, content), new(TarEntryType.SymbolicLink, "some/link", Link: "f"),
            new(TarEntryType.HardLink, "some/hard", Link: longName[..60]), new(TarEntryType.RegularFile, "empty", [])));
        Assert.Equal(
            [("some/", TarKind.Directory, ""), (longName, TarKind.File, ""), ("some/link", TarKind.SymbolicLink, "f"), ("some/hard", TarKind.HardLink, longName[..60]), ("empty", TarKind.File, "")],
            entries.Select(e => (e.Name, e.Kind, e.Link)));
        Assert.Equal(content, entries[1].Content);
    }

    [Fact]
    public async Task Names_in_other_scripts_come_through_pax()
    {
        var entries = await ReadAsync(Tar(TarEntryFormat.Pax, new TarEntryInfo(TarEntryType.RegularFile, "ümläut/文件", "1"u8.ToArray())));
        Assert.Equal("ümläut/文件", entries[0].Name);
    }

    [Fact]
    public async Task What_was_not_read_is_passed_over()
    {
        var reader = new TarStreamReader(
            new MemoryStream(Tar(TarEntryFormat.Pax, new(TarEntryType.RegularFile, "a", new byte[5000]), new(TarEntryType.RegularFile, "b", "B"u8.ToArray()))), "test");
        Assert.Equal("a", (await reader.NextAsync(Token))!.Name);
        Assert.Equal("b", (await reader.NextAsync(Token))!.Name);
    }

    [Fact]
    public async Task A_base_256_size_is_read()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, new TarEntryInfo(TarEntryType.RegularFile, "a", "abc"u8.ToArray()));
        tar.AsSpan(124, 12).Clear();
        tar[124] = 0x80;
        tar[135] = 3;
        FixSum(tar);
        Assert.Equal("abc"u8.ToArray(), (await ReadAsync(tar))[0].Content);
    }

    [Theory]
    [InlineData(100)] // inside a header
    [InlineData(600)] // inside a content
    public async Task A_cut_archive_is_refused(int length)
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, new TarEntryInfo(TarEntryType.RegularFile, "a", new byte[300]));
        await RefusesAsync(tar[..length]);
    }

    [Fact]
    public async Task A_wrong_checksum_is_refused()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, new TarEntryInfo(TarEntryType.RegularFile, "a", []));
        tar[0] = (byte)'b';
        await RefusesAsync(tar);
    }

    [Fact]
    public async Task A_header_of_a_gigabyte_is_refused_before_it_is_read()
    {
        byte[] tar = Tar(TarEntryFormat.Pax, new TarEntryInfo(TarEntryType.RegularFile, new string('n', 200), []));
        Assert.Equal((byte)'x', tar[156]);
        Encoding.ASCII.GetBytes("10000000000\0").CopyTo(tar, 124);
        FixSum(tar);
        await RefusesAsync(tar);
    }

    [Theory]
    [InlineData("99 path=short\n")]
    [InlineData("x path=a\n")]
    [InlineData("12 pathnone\n")]
    [InlineData("17 size=-1234567\n")]
    public async Task Bad_pax_records_are_refused(string record)
    {
        byte[] tar = Tar(TarEntryFormat.Pax, new TarEntryInfo(TarEntryType.RegularFile, new string('n', 200), []));
        byte[] text = Encoding.ASCII.GetBytes(record);
        Encoding.ASCII.GetBytes(Convert.ToString(text.Length, 8).PadLeft(11, '0') + "\0").CopyTo(tar, 124);
        tar.AsSpan(512, 512).Clear();
        text.CopyTo(tar, 512);
        FixSum(tar);
        await RefusesAsync(tar);
    }

    [Fact]
    public async Task Random_bytes_never_do_worse_than_being_refused()
    {
        var random = new Random(7);
        byte[] good = Tar(TarEntryFormat.Pax, new(TarEntryType.RegularFile, new string('n', 200), new byte[900]), new(TarEntryType.SymbolicLink, "l", Link: "t"));
        for (int i = 0; i < 3000; i++)
        {
            byte[] bad = [.. good];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (random.Next(2) == 0)
                FixSum(bad);
            try
            {
                await ReadAsync(bad);
            }
            catch (MemToolsException error)
            {
                Assert.Equal("ArchiveInvalid", error.ErrorId);
            }
        }
    }

    internal static void FixSum(byte[] tar)
    {
        tar.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in tar.AsSpan(0, 512))
            sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
    }

    private static async Task RefusesAsync(byte[] tar) =>
        Assert.Equal("ArchiveInvalid", (await Assert.ThrowsAsync<MemToolsException>(() => ReadAsync(tar))).ErrorId);

    internal sealed record TarEntryInfo(TarEntryType Type, string Name, byte[]? Content = null, string? Link = null);
}
