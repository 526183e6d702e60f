using System.Xml.Linq;

namespace MemTools.Help;

/// <summary>Writes the help file that Get-Help reads, in MAML.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace Msh = "http://msh";

    /// <summary>Writes one file with all commands.</summary>
    public static void Write(string file, IEnumerable<(CommandInfo Command, CommandPage Page)> commands) =>
        new XDocument(new XElement(Msh + "helpItems", new XAttribute("schema", "maml"),
            commands.Select(c => Item(c.Command, c.Page)))).Save(file);

    private static XElement Item(CommandInfo command, CommandPage page)
    {
        var dash = command.Name.IndexOf('-', StringComparison.Ordinal);
        return new XElement(Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details",
                new XElement(Command + "name", command.Name), new XElement(Command + "verb", command.Name[..dash]),
                new XElement(Command + "noun", command.Name[(dash + 1)..]), Text(page.Synopsis)),
            Text(page.Description),
            new XElement(Command + "syntax", command.ParameterSets.Select(set => Syntax(command, page, set))),
            new XElement(Command + "parameters", command.Parameters.Select(p => Parameter(p, p.Uses[0], page, full: true)), Common(command, full: true)),
            new XElement(Command + "inputTypes", Types("inputType", page.Inputs)),
            new XElement(Command + "returnValues", Types("returnValue", page.Outputs)),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", page.Notes.Select(Para))),
            new XElement(Command + "examples", page.Examples.Select((e, i) => Example(e, i + 1))),
            new XElement(Command + "relatedLinks", page.SeeAlso.Select(l =>
                new XElement(Maml + "navigationLink", new XElement(Maml + "linkText", l), new XElement(Maml + "uri")))));
    }

    private static XElement Syntax(CommandInfo command, CommandPage page, string set) =>
        new(Command + "syntaxItem", new XElement(Maml + "name", command.Name),
            command.Parameters.Select(p => (Parameter: p, Use: p.In(set))).Where(p => p.Use is not null)
                .OrderBy(p => p.Use!.Position ?? int.MaxValue).ThenBy(p => !p.Use!.Mandatory)
                .Select(p => Parameter(p.Parameter, p.Use!, page, full: false)),
            Common(command, full: false));

    private static IEnumerable<XElement> Common(CommandInfo command, bool full)
    {
        if (!command.SupportsShouldProcess)
            yield break;
        var use = new ParameterUse(ParameterUse.AllSets, false, null, false, false, false);
        foreach (var (name, alias, text) in new[]
        {
            ("WhatIf", "wi", "Shows what would happen; changes nothing."), ("Confirm", "cf", "Asks before each change."),
        })
            yield return Element(new ParameterInfo(name, "SwitchParameter", true, false, [alias], [], false, [use]), use, [text], full);
    }

    private static XElement Parameter(ParameterInfo parameter, ParameterUse use, CommandPage page, bool full) =>
        Element(parameter, use, page.Parameters[parameter.Name], full);

    private static XElement Element(ParameterInfo parameter, ParameterUse use, IReadOnlyList<string> description, bool full)
    {
        var item = new XElement(Command + "parameter",
            new XAttribute("required", use.Mandatory), new XAttribute("variableLength", parameter.IsArray),
            new XAttribute("globbing", parameter.Wildcards), new XAttribute("pipelineInput", use.PipelineInput),
            new XAttribute("position", use.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
            new XElement(Maml + "name", parameter.Name), Text(description));
        if (!full && parameter.Values.Count > 0)
            item.Add(new XElement(Command + "parameterValueGroup", parameter.Values.Select(v =>
                new XElement(Command + "parameterValue", new XAttribute("required", false), new XAttribute("variableLength", false), v))));
        // A switch has no value in a syntax line.
        if (full || !parameter.IsSwitch)
            item.Add(new XElement(Command + "parameterValue", new XAttribute("required", !parameter.IsSwitch),
                new XAttribute("variableLength", parameter.IsArray), parameter.TypeName));
        item.Add(new XElement(Dev + "type", new XElement(Maml + "name", parameter.TypeName), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", parameter.IsSwitch ? "False" : "None"));
        return item;
    }

    // "Full.Type.Name: what it is"
    private static IEnumerable<XElement> Types(string element, IReadOnlyList<string> paragraphs) =>
        paragraphs.SelectMany(p => p.Split('\n')).Select(line =>
        {
            var text = line.TrimStart('-', ' ');
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var (name, description) = colon < 0 ? (text, "") : (text[..colon].Trim(), text[(colon + 1)..].Trim());
            return new XElement(Command + element,
                new XElement(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri")), Text([description]));
        });

    private static XElement Example(PageExample example, int number) =>
        new(Command + "example", new XElement(Maml + "title", $"--- Example {number}: {example.Title} ---"),
            new XElement(Dev + "code", example.Code), new XElement(Dev + "remarks", example.Remarks.Select(Para)));

    private static XElement Text(IEnumerable<string> paragraphs) => new(Maml + "description", paragraphs.Select(Para));

    private static XElement Para(string text) => new(Maml + "para", text);
}
