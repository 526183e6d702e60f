using System.CommandLine;

namespace MemTools.Cli.Parsing;

/// <summary>
/// An option with a value of another type than text. The parser sees text only: its own generic types over value types have no ahead-of-time code,
/// and compiling them cost more than the rest of the start.
/// </summary>
internal sealed class Setting<T>(Option<string?> option, Func<string?, T> convert)
{
    public Option<string?> Option { get; } = option;

    public static implicit operator Option(Setting<T> setting) => setting.Option;

    /// <summary>The checked value; that of no text when the option is not given.</summary>
    public T Of(ParseResult options) =>
        options.GetResult(Option) is not { Implicit: false } given ? convert(null) : convert(given.Tokens.Count > 0 ? given.Tokens[0].Value : "");
}

/// <summary>Reads settings as options are read.</summary>
internal static class SettingExtensions
{
    public static T GetValue<T>(this ParseResult options, Setting<T> setting) => setting.Of(options);
}
