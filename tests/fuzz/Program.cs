using System.Globalization;
using MemTools.Fuzz;
using MemTools.Fuzz.Targets;

// MemTools.Fuzz [TARGET…] [--seconds N] [--seed N] [--keep DIR] [--input FILE]
// Runs all targets, or those named, for N seconds each (10); exits 1 when one fails and keeps the input in DIR (.).
// With --input runs the first target once with the bytes of a file.
FuzzTarget[] all = [new DemanglerTarget(), new RustDemanglerTarget(), new XzTarget(), new ZstdTarget(), new ZlibTarget(), new ElfTarget(), new DwarfTarget(), new ProfileTarget()];
double seconds = 10;
int seed = Environment.TickCount;
string folder = ".";
string? input = null;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--seconds": seconds = double.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--seed": seed = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--keep": folder = args[++i]; break;
        case "--input": input = args[++i]; break;
        default: names.Add(args[i]); break;
    }
}

FuzzTarget[] chosen = names.Count == 0 ? all : [.. all.Where(t => names.Contains(t.Name))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"no such target; there are {string.Join(", ", all.Select(t => t.Name))}");
    return 2;
}

if (input is not null)
{
    Console.WriteLine($"{chosen[0].Name}: behaviour {chosen[0].Run(File.ReadAllBytes(input)):x}");
    return 0;
}

Directory.CreateDirectory(folder);
bool clean = true;
foreach (FuzzTarget target in chosen)
    clean &= new Runner(target, seed, TimeSpan.FromSeconds(seconds), folder).Run();
return clean ? 0 : 1;
