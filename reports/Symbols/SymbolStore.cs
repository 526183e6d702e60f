using System.Buffers;
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
    private FunctionEntry[] functions = new FunctionEntry[1024];
    private int[] functionBuckets = new int[2048];
    private Utf8Text[] shown = new Utf8Text[1024];
    private int functionCount = 1;

    /// <summary>False when names are left as the linker knows them.</summary>
    public bool IsDemangled => style is not null;

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
        // A PLT entry shows the function it leads to.
        bool plt = name.EndsWith("@plt"u8);
        if (Demangler.TryDemangle(plt ? name[..^4] : name, style.Value, buffer.Writer))
        {
            if (plt)
                buffer.Writer.Write("@plt"u8);
            text = buffer.Arena.Add(buffer.Writer.WrittenSpan);
        }

        if (text.Length > 0)
        {
            lock (gate)
            {
                if (id >= shown.Length)
                {
                    var larger = new Utf8Text[Math.Max(id + 1, shown.Length * 2)];
                    Array.Copy(shown, larger, shown.Length);
                    shown = larger;
                }

                shown[id] = text;
            }
        }

        return id;
    }

    internal int AddFunction(int name, int declarationFile, int declarationLine)
    {
        if (name == 0)
            return 0;
        int hash = HashCode.Combine(name, declarationFile, declarationLine) & int.MaxValue;
        lock (gate)
        {
            for (int i = functionBuckets[hash % functionBuckets.Length]; i > 0; i = functions[i].Next)
            {
                ref FunctionEntry f = ref functions[i];
                if (f.Name == name && f.File == declarationFile && f.Line == declarationLine)
                    return i;
            }

            if (functionCount == functions.Length)
                GrowFunctions();
            ref int bucket = ref functionBuckets[hash % functionBuckets.Length];
            functions[functionCount] = new FunctionEntry { Name = name, File = declarationFile, Line = declarationLine, Hash = hash, Next = bucket };
            bucket = functionCount;
            return functionCount++;
        }
    }

    private void GrowFunctions()
    {
        var larger = new FunctionEntry[functions.Length * 2];
        Array.Copy(functions, larger, functionCount);
        functions = larger;
        functionBuckets = new int[larger.Length * 2];
        for (int i = 1; i < functionCount; i++)
        {
            ref int bucket = ref functionBuckets[functions[i].Hash % functionBuckets.Length];
            functions[i].Next = bucket;
            bucket = i;
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

    private struct FunctionEntry
    {
        public int Name, File, Line, Hash, Next;
    }
}
