using MemTools.Reports.Model;

namespace MemTools.Tests.Graph;

/// <summary>Small profiles whose sums can be checked by eye.</summary>
internal static class Profiles
{
    /// <summary>
    /// Stacks (leaf first; objects, bytes):
    /// malloc ← load ← main: 2, 100; malloc ← parse ← load ← main: 1, 50; malloc ← walk ← walk ← main: 4, 40;
    /// malloc ← (helper inlined into parse) ← main: 1, 10.
    /// </summary>
    public static Profile Calls()
    {
        Mapping app = new() { Start = 0x1000, Limit = 0x2000, Path = "/bin/app" };
        Mapping library = new() { Start = 0x9000, Limit = 0xA000, Path = "/usr/lib/libtcmalloc.so.4" };
        List<Location> locations =
        [
            At(0x9100, 1, Line("malloc", "malloc.cc", 7)),
            At(0x1100, 0, Line("load", "load.c", 11)),
            At(0x1200, 0, Line("parse", "parse.c", 21)),
            At(0x1300, 0, Line("walk", "walk.c", 31)),
            At(0x1400, 0, Line("main", "main.c", 41)),
            At(0x1210, 0, Line("helper", "helper.h", 5), Line("parse", "parse.c", 25)),
        ];
        return new Profile
        {
            SampleTypes = [new("inuse_objects", "count"), new("inuse_space", "bytes")],
            Mappings = [app, library],
            Locations = locations,
            Samples =
            [
                new Sample { Locations = [0, 1, 4], Values = [2, 100], Labels = new Dictionary<string, string> { ["thread"] = "worker" }, NumericLabels = new Dictionary<string, long> { ["bytes"] = 50 } },
                new Sample { Locations = [0, 2, 1, 4], Values = [1, 50], NumericLabels = new Dictionary<string, long> { ["bytes"] = 4096 } },
                new Sample { Locations = [0, 3, 3, 4], Values = [4, 40] },
                new Sample { Locations = [0, 5, 4], Values = [1, 10] },
            ],
        };
    }

    private static Location At(ulong address, int mapping, params Line[] lines) => new() { Address = address, MappingIndex = mapping, Lines = lines };

    private static Line Line(string function, string file, int line) => new(new Function(function, function, file), file, line);
}
