using System.CommandLine;
using System.Globalization;
using MemTools.Reports.Gate;

namespace MemTools.Cli.Parsing;

/// <summary>Makes the options that commands declare, with values checked while parsing.</summary>
internal static class Values
{
    public static Setting<bool> Flag(string name, string help, params string[] aliases) =>
        new(new Option<string?>(name, aliases) { Description = help, Arity = ArgumentArity.Zero }, static text => text is not null);

    public static Option<string?> Text(string name, string valueName, string help, params string[] aliases) =>
        new(name, aliases) { Description = help, HelpName = valueName, Arity = ArgumentArity.ExactlyOne };

    /// <summary>An option that may be given several times, one value each.</summary>
    public static Option<string[]> Texts(string name, string valueName, string help, params string[] aliases) =>
        new(name, aliases) { Description = help, HelpName = valueName, Arity = new ArgumentArity(1, 100_000), AllowMultipleArgumentsPerToken = false };

    /// <summary>One of named values, compared without case.</summary>
    public static Setting<T> Choice<T>(string name, string help, T defaultValue, params (string Name, T Value)[] choices)
    {
        var names = new string[choices.Length];
        for (var i = 0; i < choices.Length; i++)
            names[i] = choices[i].Name;
        int Index(string text) => Array.FindIndex(names, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        var option = new Option<string?>(name) { Description = help, HelpName = string.Join('|', names), Arity = ArgumentArity.ExactlyOne };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0 || Index(result.Tokens[0].Value) >= 0)
                return;
            var text = result.Tokens[0].Value;
            var near = Spelling.Nearest(text, names);
            result.AddError($"'{text}' is no value of {name}; there are: {string.Join(", ", names)}{(near is null ? "" : $"; did you mean '{near}'?")}");
        });
        option.CompletionSources.Add(names);
        return new(option, text => text is null ? defaultValue : choices[Index(text)].Value);
    }

    /// <summary>Bytes: a number, with K, M, G, KiB, MiB or GiB for powers of 1024.</summary>
    public static Setting<long?> Size(string name, string help, bool allowNegative = false) => Parsed<long?>(
        name, "BYTES", help, text => ByteSize.TryParse(text) is { } size && (allowNegative || size >= 0) ? size : null, "a number of bytes, such as 65536, 64K or 2G");

    /// <summary>A whole number that is not negative.</summary>
    public static Setting<long?> Count(string name, string help) => Parsed<long?>(
        name, "N", help, static text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null, "a whole number");

    /// <summary>A share of the machine's processors, more than none.</summary>
    public static Setting<double?> Cpus(string name, string help) => Parsed<double?>(
        name, "N", help,
        static text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000 ? number : null,
        "a number of CPUs, such as 2 or 0.5");

    /// <summary>A time: a number of seconds, or with ms, s, m, h or d.</summary>
    public static Setting<TimeSpan?> Duration(string name, string help) => Parsed<TimeSpan?>(
        name, "TIME", help, ParseDuration, "a time, such as 30, 500ms, 10s, 5m, 2h or 7d");

    public static Setting<bool?> Boolean(string name, string help) => Parsed<bool?>(
        name, "true|false", help,
        static text => text.ToLowerInvariant() switch { "true" or "yes" or "on" or "1" => true, "false" or "no" or "off" or "0" => false, _ => null }, "true or false");

    /// <summary>Pairs of <c>NAME=VALUE</c>.</summary>
    public static Dictionary<string, string> Pairs(string option, IEnumerable<string> texts)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var at = text.IndexOf('=');
            if (at <= 0)
                throw new UsageException($"{option} needs NAME=VALUE, not '{text}'");
            pairs[text[..at]] = text[(at + 1)..];
        }

        return pairs;
    }

    internal static TimeSpan? ParseDuration(string text)
    {
        var at = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        while (at >= 0 && at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            at++;
        var number = at < 0 ? text : text[..at];
        double? seconds = (at < 0 ? "s" : text[at..]) switch { "ms" => 0.001, "s" or "" => 1, "m" or "min" => 60, "h" => 3600, "d" => 86400, _ => null };
        return seconds is { } unit && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * unit < 1e9
            ? TimeSpan.FromSeconds(value * unit) : null;
    }

    private static Setting<T?> Parsed<T>(string name, string valueName, string help, Func<string, T?> parse, string expected)
    {
        var option = new Option<string?>(name) { Description = help, HelpName = valueName, Arity = ArgumentArity.ExactlyOne };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && parse(result.Tokens[0].Value) is null)
                result.AddError($"{name} needs {expected}, not '{result.Tokens[0].Value}'");
        });
        return new(option, text => text is null ? default : parse(text));
    }
}
