using System.Reflection;
using System.Runtime.Loader;

namespace MemTools.Help;

/// <summary>Reads the cmdlets of an assembly from its attributes' metadata, without running any of it.</summary>
internal static class CommandReader
{
    private const string Namespace = "System.Management.Automation.";

    /// <summary>All cmdlets, by name.</summary>
    public static IReadOnlyList<CommandInfo> Read(string assemblyPath)
    {
        var context = new AssemblyLoadContext("module");
        var folders = new[] { Path.GetDirectoryName(assemblyPath)!, AppContext.BaseDirectory };
        context.Resolving += (_, name) => folders.Select(f => Path.Combine(f, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } file
            ? context.LoadFromAssemblyPath(file)
            : null;
        return [.. context.LoadFromAssemblyPath(assemblyPath).GetExportedTypes()
            .Select(Command).OfType<CommandInfo>().OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    private static CommandInfo? Command(Type type)
    {
        if (Attributes(type, "CmdletAttribute").FirstOrDefault() is not { } cmdlet)
            return null;
        var verb = (string)cmdlet.ConstructorArguments[0].Value!;
        var noun = (string)cmdlet.ConstructorArguments[1].Value!;
        var outputs = Attributes(type, "OutputTypeAttribute")
            .SelectMany(a => a.ConstructorArguments)
            .SelectMany(a => a.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : [a])
            .Select(a => a.Value switch { Type t => t.FullName!, string s => s, _ => null })
            .OfType<string>().Distinct().ToList();
        return new CommandInfo($"{verb}-{noun}", Named(cmdlet, "DefaultParameterSetName") as string,
            Named(cmdlet, "SupportsShouldProcess") is true, outputs, [.. Declared(type).Select(Parameter).OfType<ParameterInfo>()]);
    }

    // A base class's parameters come after the cmdlet's own.
    private static IEnumerable<PropertyInfo> Declared(Type? type)
    {
        for (; type is not null && type.Assembly.GetName().Name!.StartsWith("MemTools", StringComparison.Ordinal); type = type.BaseType)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                yield return property;
        }
    }

    private static ParameterInfo? Parameter(PropertyInfo property)
    {
        var uses = Attributes(property, "ParameterAttribute").Where(a => Named(a, "DontShow") is not true).Select(Use).ToList();
        if (uses.Count == 0)
            return null;
        var aliases = Attributes(property, "AliasAttribute").SelectMany(Strings).ToList();
        var values = Attributes(property, "ValidateSetAttribute").SelectMany(Strings).ToList();
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var element = type.IsArray ? type.GetElementType()! : type;
        if (element.IsEnum)
            values = [.. Enum.GetNames(element)];
        return new ParameterInfo(property.Name, type.IsArray ? element.Name + "[]" : type.Name, type.Name == "SwitchParameter",
            type.IsArray, aliases, values, Attributes(property, "SupportsWildcardsAttribute").Any(), uses);
    }

    private static ParameterUse Use(CustomAttributeData attribute) =>
        new(Named(attribute, "ParameterSetName") as string ?? ParameterUse.AllSets, Named(attribute, "Mandatory") is true,
            Named(attribute, "Position") as int?, Named(attribute, "ValueFromPipeline") is true,
            Named(attribute, "ValueFromPipelineByPropertyName") is true, Named(attribute, "ValueFromRemainingArguments") is true);

    private static IEnumerable<string> Strings(CustomAttributeData attribute) =>
        attribute.ConstructorArguments
            .SelectMany(a => a.Value is IEnumerable<CustomAttributeTypedArgument> many ? many.Select(m => m.Value) : [a.Value])
            .OfType<string>();

    private static IEnumerable<CustomAttributeData> Attributes(MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(a => a.AttributeType.FullName == Namespace + name);

    private static object? Named(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Where(a => a.MemberName == name).Select(a => a.TypedValue.Value).FirstOrDefault();
}
