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

    /// <summary>operator new ← (allocate inlined into _M_allocate inlined into push_back) ← fill: 1 object, 64 bytes.</summary>
    public static Profile InlinedAllocate() => new()
    {
        SampleTypes = [new("inuse_objects", "count"), new("inuse_space", "bytes")],
        Mappings = [new() { Start = 0x1000, Limit = 0x2000, Path = "/bin/app" }],
        Locations =
        [
            At(0x1500, 0, Line("operator new(unsigned long)", "new_op.cc", 50)),
            At(
                0x1100, 0, Line("std::__new_allocator<int>::allocate(unsigned long, void const*)", "new_allocator.h", 137),
                Line("std::_Vector_base<int, std::allocator<int> >::_M_allocate(unsigned long)", "stl_vector.h", 378),
                Line("std::vector<int>::push_back(int const&)", "stl_vector.h", 1287)),
            At(0x1200, 0, Line("fill", "fill.cpp", 3)),
        ],
        Samples = [new Sample { Locations = [0, 1, 2], Values = [1, 64] }],
    };

    private static Location At(ulong address, int mapping, params Line[] lines) => new() { Address = address, MappingIndex = mapping, Lines = lines };

    private static Line Line(string function, string file, int line) => new(new Function(function, function, file), file, line);
}
