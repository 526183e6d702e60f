using System.CommandLine;

namespace MemTools.Cli.Commands;

/// <summary>Prints a script for a shell that asks the command itself what may stand at the cursor.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public override IReadOnlyList<Example> Examples =>
    [
        new("completion bash > ~/.local/share/bash-completion/completions/memtools", "completes commands, options and their values in bash"),
        new("completion fish > ~/.config/fish/completions/memtools.fish", "the same in fish"),
    ];

    public override Command Define()
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new Command("completion") { _shell };
    }

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        context.Terminal.Out.WriteLine(options.GetRequiredValue(_shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
        return Task.FromResult(ExitCodes.Success);
    }

    private const string Bash =
        """
        _memtools() {
            local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}"
            mapfile -t COMPREPLY < <(compgen -W "$(memtools "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word")
        }
        complete -o default -F _memtools memtools
        """;

    private const string Zsh =
        """
        #compdef memtools
        _memtools() {
            local line="${words[1,CURRENT]}"
            local -a found=("${(@f)$(memtools "[suggest:${#line}]" "$line" 2>/dev/null)}")
            [[ -n "$found" ]] && compadd -a found || _files
        }
        compdef _memtools memtools
        """;

    private const string Fish =
        """
        complete -c memtools -a '(memtools "[suggest:"(string length (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;
}
