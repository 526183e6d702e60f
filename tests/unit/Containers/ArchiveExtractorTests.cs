using System.Formats.Tar;
using MemTools.Containers.Files;
using MemTools.Reports.Errors;
using Info = MemTools.Tests.Containers.TarStreamReaderTests.TarEntryInfo;

namespace MemTools.Tests.Containers;

/// <summary>Nothing leaves the folder, whatever the archive says.</summary>
public sealed class ArchiveExtractorTests : IDisposable
{
    private readonly string outside = Directory.CreateTempSubdirectory("mt-extract-").FullName;

    private string Folder => Directory.CreateDirectory(Path.Combine(outside, "run")).FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(outside, recursive: true);

    private Task<ExtractResult> ExtractAsync(byte[] tar, ExtractLimits? limits = null, bool strip = false) =>
        ArchiveExtractor.ExtractAsync(new MemoryStream(tar), Folder, strip, limits ?? new ExtractLimits(), "test", Token);

    private static byte[] Tar(params Info[] entries) => TarStreamReaderTests.Tar(TarEntryFormat.Pax, entries);

    private static Info File(string name, string content = "x") => new(TarEntryType.RegularFile, name, System.Text.Encoding.UTF8.GetBytes(content));

    private List<string> Everything() =>
        [.. Directory.EnumerateFileSystemEntries(outside, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(outside, p).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Files_and_folders_come_out()
    {
        ExtractResult result = await ExtractAsync(Tar(new Info(TarEntryType.Directory, "top/"), File("top/a", "A"), File("top/sub/b", "B")), strip: true);
        Assert.Equal(["run", "run/a", "run/sub", "run/sub/b"], Everything());
        Assert.Equal("B", await System.IO.File.ReadAllTextAsync(Path.Combine(Folder, "sub", "b"), Token));
        Assert.Equal(2, result.Files.Count);
        Assert.Empty(result.Skipped);
    }

    [Fact]
    public async Task Podmans_archive_of_a_volume_is_named_from_its_root()
    {
        ExtractResult result = await ExtractAsync(
            Tar(new Info(TarEntryType.Directory, "/"), File("/lsan.1", "report"), new Info(TarEntryType.Directory, "/sub"), File("/sub/b", "B")), strip: true);
        Assert.Equal(["run", "run/lsan.1", "run/sub", "run/sub/b"], Everything());
        Assert.Equal("report", await System.IO.File.ReadAllTextAsync(Path.Combine(Folder, "lsan.1"), Token));
        Assert.Empty(result.Skipped);
    }

    [Theory]
    [InlineData("/../evil")]
    [InlineData("/a/../../evil")]
    [InlineData("//etc/evil")]
    [InlineData("/..")]
    [InlineData("relative")]
    [InlineData("../evil")]
    [InlineData("/line\nbreak")]
    public async Task A_root_entry_lets_nothing_out(string name)
    {
        ExtractResult result = await ExtractAsync(Tar(new Info(TarEntryType.Directory, "/"), File(name), File("/good")), strip: true);
        Assert.Equal(["run", "run/good"], Everything());
        Assert.Single(result.Skipped);
    }

    [Fact]
    public async Task A_link_at_the_root_and_a_file_through_it_lead_nowhere()
    {
        ExtractResult result = await ExtractAsync(
            Tar(new Info(TarEntryType.Directory, "/"), new Info(TarEntryType.SymbolicLink, "/d", Link: "../.."), File("/d/evil")), strip: true);
        Assert.Equal(["run", "run/d", "run/d/evil"], Everything());
        Assert.Single(result.Skipped);
    }

    [Fact]
    public async Task Absolute_paths_need_the_root_entry_first()
    {
        ExtractResult late = await ExtractAsync(Tar(File("/evil"), new Info(TarEntryType.Directory, "/"), File("/evil2")), strip: true);
        ExtractResult link = await ExtractAsync(Tar(new Info(TarEntryType.SymbolicLink, "/", Link: "/etc"), File("/evil3")), strip: true);
        ExtractResult unasked = await ExtractAsync(Tar(new Info(TarEntryType.Directory, "/"), File("/evil4")));
        Assert.Equal(["run"], Everything());
        Assert.Equal((3, 2, 2), (late.Skipped.Count, link.Skipped.Count, unasked.Skipped.Count));
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_named()
    {
        ExtractResult result = await ExtractAsync(Tar(File("top")), strip: true);
        Assert.Equal(["run"], Everything());
        Assert.Single(result.Skipped);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/etc/evil")]
    [InlineData("//evil")]
    [InlineData("..")]
    [InlineData("a/b/../../../../evil")]
    [InlineData("line\nbreak")]
    [InlineData("escape\u001b[2J")]
    public async Task Paths_that_lead_out_are_left_out(string name)
    {
        ExtractResult result = await ExtractAsync(Tar(File(name), File("good")));
        Assert.Equal(["run", "run/good"], Everything());
        Assert.Single(result.Skipped);
        Assert.DoesNotContain(result.Skipped[0], char.IsControl);
    }

    [Theory]
    [InlineData("../../escape")]
    [InlineData("/etc/passwd")]
    public async Task A_link_first_and_a_file_through_it_second_lead_nowhere(string target)
    {
        ExtractResult result = await ExtractAsync(Tar(new Info(TarEntryType.SymbolicLink, "d", Link: target), File("d/evil"), new Info(TarEntryType.HardLink, "h", Link: target)));
        Assert.Equal(["run", "run/d", "run/d/evil"], Everything());
        Assert.Equal(2, result.Skipped.Count);
        Assert.Null(new FileInfo(Path.Combine(Folder, "d")).LinkTarget);
    }

    [Fact]
    public async Task Devices_and_pipes_are_left_out()
    {
        ExtractResult result = await ExtractAsync(Tar(new Info(TarEntryType.CharacterDevice, "zero"), new Info(TarEntryType.BlockDevice, "disk"), new Info(TarEntryType.Fifo, "pipe"), File("good")));
        Assert.Equal(["run", "run/good"], Everything());
        Assert.Equal(3, result.Skipped.Count);
    }

    [Fact]
    public async Task A_file_where_a_folder_is_and_a_folder_where_a_file_is_are_left_out()
    {
        ExtractResult result = await ExtractAsync(Tar(File("a", "1"), File("a/b"), new Info(TarEntryType.Directory, "c/"), File("c"), new Info(TarEntryType.Directory, "a/")));
        Assert.Equal(["run", "run/a", "run/c"], Everything());
        Assert.Equal(3, result.Skipped.Count);
    }

    [Fact]
    public async Task The_same_name_twice_is_the_later_one()
    {
        await ExtractAsync(Tar(File("a", "first and long"), File("a", "2")));
        Assert.Equal("2", await System.IO.File.ReadAllTextAsync(Path.Combine(Folder, "a"), Token));
    }

    [Fact]
    public async Task Too_many_bytes_are_refused_before_they_are_written()
    {
        byte[] tar = Tar(new Info(TarEntryType.RegularFile, "small", new byte[10]), new Info(TarEntryType.RegularFile, "big", new byte[2000]));
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ExtractAsync(tar, new ExtractLimits { MaxBytes = 1000 }));
        Assert.Equal("ArchiveTooLarge", error.ErrorId);
        Assert.Equal(["run", "run/small"], Everything());
    }

    [Fact]
    public async Task A_size_that_overflows_is_refused()
    {
        byte[] tar = TarStreamReaderTests.Tar(TarEntryFormat.Ustar, File("a"));
        tar.AsSpan(124, 12).Clear();
        tar[124] = 0x80;
        tar.AsSpan(128, 8).Fill(0xFF);
        TarStreamReaderTests.FixSum(tar);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ExtractAsync(tar));
        Assert.Contains(error.ErrorId, new[] { "ArchiveTooLarge", "ArchiveInvalid" });
    }

    [Fact]
    public async Task Too_many_entries_are_refused()
    {
        byte[] tar = Tar([.. Enumerable.Range(0, 11).Select(i => File("f" + i))]);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ExtractAsync(tar, new ExtractLimits { MaxEntries = 10 }));
        Assert.Equal("ArchiveTooLarge", error.ErrorId);
    }

    [Fact]
    public async Task Depth_and_name_length_are_limited()
    {
        ExtractResult result = await ExtractAsync(Tar(File(string.Concat(Enumerable.Repeat("d/", 40)) + "f"), File(new string('n', 300))));
        Assert.Equal(2, result.Skipped.Count);
        Assert.Equal(["run"], Everything());
    }

    [Fact]
    public async Task Set_user_id_bits_are_not_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no Unix modes there");
        var stream = new MemoryStream();
        await using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "s") { Mode = (UnixFileMode)0xDFF, DataStream = new MemoryStream([1]) }, Token);
        await ExtractAsync(stream.ToArray());
        if (!OperatingSystem.IsWindows())
            Assert.Equal((UnixFileMode)0, System.IO.File.GetUnixFileMode(Path.Combine(Folder, "s")) & (UnixFileMode)0xE49);
    }
}
