using MemTools.Reports.Symbols;

namespace MemTools.Tests.Symbols;

public sealed class DebugPackageTests
{
    [Theory]
    [InlineData("/usr/bin/server", "server-core-dbgsym")]
    [InlineData("/lib/x86_64-linux-gnu/libc.so.6", "libc6-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "libc6-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libfoo.so.1", "libfoo1-dbgsym")]
    [InlineData("/usr/bin/serv", null)]
    [InlineData("/opt/own", null)]
    public void The_package_that_owns_a_file_has_debug_symbols_beside_it(string module, string? package)
    {
        string folder = Directory.CreateTempSubdirectory("memtools-dpkg-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "server-core.list"), "/.\n/usr\n/usr/bin\n/usr/bin/server\n");
            File.WriteAllText(Path.Combine(folder, "libc6:amd64.list"), "/.\n/lib/x86_64-linux-gnu/libc.so.6\n");
            File.WriteAllText(Path.Combine(folder, "libfoo1:amd64.list"), "/.\n/usr/lib/x86_64-linux-gnu/libfoo.so.1\n");
            File.WriteAllText(Path.Combine(folder, "libfoo1.md5sums"), "\n/opt/own\n");
            Assert.Equal(package, DebugPackage.Debian(module, DebugPackage.ReadLists(folder)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
