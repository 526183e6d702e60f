using System.Buffers;
using System.Collections.Concurrent;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Functions and files that addresses were resolved to, each once, for any number of modules. Names are demangled by the thread that
/// brings them first, and kept in UTF-8.
/// </summary>
/// <param name="style">How names are shown; null to leave them as the linker knows them.</param>
public sealed class SymbolStore(DemangleStyle? style = DemangleStyle.Full)
{
    private readonly TextTable names = new();
    private readonly TextTable files = new();
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<FunctionKey, int> functionIds = new();
    private FunctionKey[] functions = new FunctionKey[1024];
    private Utf8Text[] shown = new Utf8Text[1024];
    private int functionCount = 1;

    /// <summary>Number of functions, counting the unknown one (0).</summary>
    public int FunctionCount => functionCount;

    /// <summary>Number of files, counting the unknown one (0).</summary>
    public int FileCount => files.Count;

    /// <summary>Readable name in UTF-8; empty for function 0.</summary>
    public ReadOnlySpan<byte> FunctionName(int function) => ShownName(functions[function].Name);

    /// <summary>Name as the linker knows it, in UTF-8; empty for function 0.</summary>
    public ReadOnlySpan<byte> SystemName(int function) => names[functions[function].Name].Span;

    /// <summary>Number of the file that declares the function; 0 when unknown or not asked for.</summary>
    public int DeclarationFile(int function) => functions[function].File;

    /// <summary>Line of the declaration; 0 when unknown or not asked for.</summary>
    public int DeclarationLine(int function) => functions[function].Line;

    /// <summary>Path of a file in UTF-8; empty for file 0.</summary>
    public ReadOnlySpan<byte> FilePath(int file) => files[file].Span;

    internal int AddFile(ReadOnlySpan<byte> path) => files.Add(path, out _);

    /// <summary>Number of a name; demangles it when it is new.</summary>
    internal int AddName(ReadOnlySpan<byte> name, NameBuffer buffer)
    {
        int id = names.Add(name, out bool added);
        if (!added || style is null)
            return id;
        Utf8Text text = default;
        buffer.Writer.ResetWrittenCount();
        if (Demangler.TryDemangle(name, style.Value, buffer.Writer))
            text = buffer.Arena.Add(buffer.Writer.WrittenSpan);
        if (text.Length > 0)
        {
            lock (gate)
            {
                if (id >= shown.Length)
                    Array.Resize(ref shown, Math.Max(id + 1, shown.Length * 2));
                shown[id] = text;
            }
        }

        return id;
    }

    internal int AddFunction(int name, int declarationFile, int declarationLine)
    {
        if (name == 0)
            return 0;
        var key = new FunctionKey(name, declarationFile, declarationLine);
        if (functionIds.TryGetValue(key, out int known))
            return known;
        lock (gate)
        {
            if (functionIds.TryGetValue(key, out known))
                return known;
            if (functionCount == functions.Length)
                Array.Resize(ref functions, functions.Length * 2);
            functions[functionCount] = key;
            functionIds[key] = functionCount;
            return functionCount++;
        }
    }

    internal int NameOf(int function) => functions[function].Name;

    private ReadOnlySpan<byte> ShownName(int name) =>
        name < shown.Length && shown[name].Length > 0 ? shown[name].Span : names[name].Span;

    /// <summary>What one thread needs to add names.</summary>
    internal sealed class NameBuffer
    {
        public ArrayBufferWriter<byte> Writer { get; } = new(4096);

        public Utf8Arena Arena { get; } = new();
    }

    private readonly record struct FunctionKey(int Name, int File, int Line);
}
