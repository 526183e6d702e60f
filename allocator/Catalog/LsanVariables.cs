using V = MemTools.Allocators.Catalog.VariableType;

namespace MemTools.Allocators.Catalog;

/// <summary>LSAN_OPTIONS keys (source: <c>LSAN_OPTIONS=help=1</c> of gcc 12). Unknown ones are ignored without a word.</summary>
internal static class LsanVariables
{
    public static IReadOnlyList<AllocatorVariable> All { get; } =
    [
        Of("detect_leaks", V.Boolean, "1", "Looks for leaks."),
        Of("leak_check_at_exit", V.Boolean, "1", "Looks for them at exit."),
        Of("exitcode", V.Integer, "23", "Exit code for leaks, and for fatal errors and crashes too."),
        Of("max_leaks", V.Integer, "0", "Leaks printed at most; 0 for all."),
        Of("report_objects", V.Boolean, "0", "Prints each leaked object's address."),
        Of("resolution", V.Integer, "0", "Innermost frames that make two leaks the same; 0 for all."),
        Of("use_globals", V.Boolean, "1", "What globals reach is no leak."),
        Of("use_stacks", V.Boolean, "1", "What stacks reach is no leak."),
        Of("use_registers", V.Boolean, "1", "What registers reach is no leak."),
        Of("use_tls", V.Boolean, "1", "What thread-local storage reaches is no leak."),
        Of("use_root_regions", V.Boolean, "1", "What registered root regions reach is no leak."),
        Of("use_ld_allocations", V.Boolean, "1", "What the dynamic loader allocated is no leak."),
        Of("use_unaligned", V.Boolean, "0", "Unaligned pointers count."),
        Of("use_poisoned", V.Boolean, "0", "Poisoned memory counts."),
        Of("suppressions", V.Path, "", "File of suppressions."),
        Of("print_suppressions", V.Boolean, "1", "Prints which suppressions matched."),
        Of("log_path", V.Path, "stderr", "Where the report goes: PATH.PID."),
        Of("log_exe_name", V.Boolean, "0", "Puts the program's name in that file's name."),
        Of("symbolize", V.Boolean, "1", "Names functions and lines."),
        Of("external_symbolizer_path", V.Path, "", "Program that names them."),
        Of("symbolize_inline_frames", V.Boolean, "1", "Names inlined functions too."),
        Of("fast_unwind_on_malloc", V.Boolean, "1", "Follows frame pointers, which stops early in code without them; 0 for full stacks."),
        Of("malloc_context_size", V.Integer, "30", "Frames per stack."),
        Of("stack_trace_format", V.Text, "DEFAULT", "Form of a frame's line."),
        Of("strip_path_prefix", V.Text, "", "Prefix taken off file names."),
        Of("color", V.Choice, "auto", "Colours.", ["always", "never", "auto"]),
        Of("verbosity", V.Integer, "0", "How much is printed."),
        Of("log_threads", V.Boolean, "0", "Logs threads as they are looked at."),
        Of("handle_segv", V.Integer, "1", "Reports SIGSEGV."),
        Of("abort_on_error", V.Boolean, "0", "Ends by abort rather than exit."),
    ];

    private static AllocatorVariable Of(string name, VariableType type, string value, string meaning, string[]? choices = null) =>
        new() { Name = name, Carrier = VariableCarrier.LsanOptions, Type = type, Default = value, Meaning = meaning, Choices = choices ?? [] };
}
