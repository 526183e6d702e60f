namespace MemTools.Reports.Symbols.Demangle;

/// <summary>How much of a mangled name is written.</summary>
public enum DemangleStyle
{
    /// <summary>Everything, as binutils' <c>c++filt</c> writes it: <c>void ns::f&lt;int&gt;(char const*) [clone .cold]</c>.</summary>
    Full,

    /// <summary>Without the function's own return type, parameters, qualifiers and clone suffixes: <c>ns::f&lt;int&gt;</c>.</summary>
    NoParameters,

    /// <summary>As <see cref="NoParameters"/>, with each list of template arguments folded: <c>ns::f&lt;...&gt;</c>.</summary>
    Short,

    /// <summary>The mangled name as it is.</summary>
    None,
}
