namespace MemTools.Cli.Infrastructure;

/// <summary>ANSI colours, or plain text where they are off.</summary>
internal sealed class Style(bool isOn)
{
    public bool IsOn { get; } = isOn;

    public string Bad(string text) => Wrap("31", text);

    public string Good(string text) => Wrap("32", text);

    public string Warn(string text) => Wrap("33", text);

    public string Strong(string text) => Wrap("1", text);

    public string Faint(string text) => Wrap("2", text);

    private string Wrap(string code, string text) => IsOn ? $"\e[{code}m{text}\e[0m" : text;
}
