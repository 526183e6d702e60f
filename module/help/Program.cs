using MemTools.Help;

// usage: MemTools.Help MODULE_ASSEMBLY DOCS_FOLDER OUTPUT_FOLDER
// Writes OUTPUT/en-US/<assembly>-Help.xml and the about_ topics. Every mismatch between pages and cmdlets is an error.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: MemTools.Help MODULE_ASSEMBLY DOCS_FOLDER OUTPUT_FOLDER");
    return 2;
}
var (assembly, docs, output) = (Path.GetFullPath(args[0]), args[1], Path.Combine(args[2], "en-US"));
Directory.CreateDirectory(output);
var problems = new List<string>();
var commands = CommandReader.Read(assembly);
var pages = new List<(CommandInfo, CommandPage)>();
foreach (var command in commands)
{
    var file = Path.Combine(docs, "cmdlets", command.Name + ".md");
    if (!File.Exists(file))
    {
        problems.Add($"{file}: error HELP001: {command.Name} has no page");
        continue;
    }
    var page = CommandPage.Parse(File.ReadAllText(file));
    problems.AddRange(PageCheck.Check(command, page).Select(p => $"{file}: error HELP002: {p}"));
    pages.Add((command, page));
}
var names = commands.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
var pageFolder = Path.Combine(docs, "cmdlets");
problems.AddRange((Directory.Exists(pageFolder) ? Directory.EnumerateFiles(pageFolder, "*.md") : [])
    .Where(f => !names.Contains(Path.GetFileNameWithoutExtension(f)) && !CommandPage.Parse(File.ReadAllText(f)).IsFunction)
    .Select(f => $"{f}: error HELP003: no cmdlet of this name"));
foreach (var problem in problems)
    Console.Error.WriteLine(problem);
if (problems.Count > 0)
    return 1;
MamlWriter.Write(Path.Combine(output, Path.GetFileName(assembly) + "-Help.xml"), pages);
AboutWriter.WriteErrors(Path.Combine(docs, "errors.tsv"), Path.Combine(output, "about_MemTools_Errors.help.txt"));
AboutWriter.WriteTopic(Path.Combine(docs, "powershell.md"), Path.Combine(output, "about_MemTools.help.txt"));
return 0;
