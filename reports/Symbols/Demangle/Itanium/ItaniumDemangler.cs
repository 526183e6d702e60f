using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>
/// Reads one mangled name of the Itanium C++ ABI into nodes and writes it in the spelling of binutils' <c>c++filt</c>.
/// One instance per thread; its arrays are reused from name to name, so that a name costs no allocation.
/// </summary>
/// <remarks>
/// The grammar is the ABI's, chapter 5.1 (https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling), with GCC's
/// clone suffixes, module names, transaction clones and structured bindings. A method Parse… returns the index of a
/// node, or 0 when the rule does not match, and then the whole name is given up: no name is better than a wrong one.
/// </remarks>
internal sealed partial class ItaniumDemangler
{
    private const int SentinelBytes = 4;

    private byte[] _input = new byte[1024];
    private int _end;
    private int _pos;
    private Node[] _nodes = new Node[1024];
    private int _nodeCount;
    private int[] _substitutions = new int[128];
    private int _substitutionCount;
    private int _lastName;
    private bool _isExpression;
    private bool _isConversion;
    private int _depth;
    private int _steps;

    /// <summary>The readable form of <paramref name="mangled"/>, valid until the next call; false when it is no such name.</summary>
    public bool TryDemangle(ReadOnlySpan<byte> mangled, DemangleStyle style, out ReadOnlySpan<byte> readable)
    {
        readable = default;
        if (mangled.Length > DemangleLimits.MaxMangledBytes || mangled.Contains((byte)0))
            return false;
        Reset(mangled);
        int root = ParseSymbol();
        if (root == 0 || _pos != _end)
            return false;
        return TryPrint(root, style, out readable);
    }

    /// <summary>Gives back buffers that an unusual name made large.</summary>
    public void Trim()
    {
        if (_input.Length > DemangleLimits.MaxRetainedElements)
            _input = new byte[1024];
        if (_nodes.Length > DemangleLimits.MaxRetainedElements)
            _nodes = new Node[1024];
        TrimOutput();
    }

    private void Reset(ReadOnlySpan<byte> mangled)
    {
        if (_input.Length < mangled.Length + SentinelBytes)
            _input = new byte[(mangled.Length * 2) + SentinelBytes];
        mangled.CopyTo(_input);
        _input.AsSpan(mangled.Length, SentinelBytes).Clear();
        _end = mangled.Length;
        _pos = 0;
        _nodeCount = 1;
        _nodes[0] = default;
        _substitutionCount = 0;
        _lastName = 0;
        _isExpression = false;
        _isConversion = false;
        _depth = 0;
        _steps = 0;
    }

    private byte Peek
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _input[_pos];
    }

    private byte PeekNext
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _input[_pos + 1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Check(char expected)
    {
        if (_input[_pos] != expected)
            return false;
        _pos++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Check(char first, char second)
    {
        if (_input[_pos] != first || _input[_pos + 1] != second)
            return false;
        _pos += 2;
        return true;
    }

    private static bool IsDigit(byte c) => (uint)(c - '0') <= 9;

    private static bool IsLower(byte c) => (uint)(c - 'a') <= 25;

    private static bool IsUpper(byte c) => (uint)(c - 'A') <= 25;

    private bool Enter()
    {
        if (++_steps > DemangleLimits.MaxParseSteps || _depth >= DemangleLimits.MaxDepth)
            return false;
        if ((++_depth & 31) != 0 || RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return true;
        _depth--;
        return false;
    }

    private int Leave(int node)
    {
        _depth--;
        return node;
    }

    private int Leaf(NodeKind kind, int a, int b = 0)
    {
        int index = Allocate();
        ref Node node = ref _nodes[index];
        node = default;
        node.Kind = kind;
        node.A = a;
        node.B = b;
        node.Flags = kind == NodeKind.TemplateParameter ? NodeFlags.Open : NodeFlags.Plain;
        return index;
    }

    private int Word(int constantText) => Leaf(NodeKind.Text, constantText);

    /// <summary>A node with one child, which must be there.</summary>
    private int Make(NodeKind kind, int a) => a == 0 ? 0 : MakeAny(kind, a, 0);

    /// <summary>A node with two children, which must be there.</summary>
    private int Make(NodeKind kind, int a, int b) => a == 0 || b == 0 ? 0 : MakeAny(kind, a, b);

    /// <summary>A node whose children may be absent.</summary>
    private int MakeAny(NodeKind kind, int a, int b)
    {
        NodeFlags left = _nodes[a].Flags, right = _nodes[b].Flags;
        NodeFlags flags = (left | right) & NodeFlags.Open;
        bool plain = kind switch
        {
            NodeKind.Template => flags == NodeFlags.None,
            NodeKind.QualifiedName or NodeKind.ModuleEntity or NodeKind.TaggedName => (left & right & NodeFlags.Plain) != 0,
            NodeKind.LocalName => (left & NodeFlags.Open) == 0 && (right & NodeFlags.Plain) != 0,
            _ => false,
        };
        if (plain)
            flags |= NodeFlags.Plain;
        int index = Allocate();
        ref Node node = ref _nodes[index];
        node = default;
        node.Kind = kind;
        node.Flags = flags;
        node.A = a;
        node.B = b;
        return index;
    }

    /// <summary>A node with a child and a number.</summary>
    private int MakeNumbered(NodeKind kind, int child, int number)
    {
        int index = MakeAny(kind, child, 0);
        _nodes[index].B = number;
        return index;
    }

    private int Allocate()
    {
        if (_nodeCount == _nodes.Length)
            Array.Resize(ref _nodes, _nodes.Length * 2);
        return _nodeCount++;
    }

    private bool AddSubstitution(int node)
    {
        if (node == 0)
            return false;
        if (_substitutionCount == _substitutions.Length)
            Array.Resize(ref _substitutions, _substitutions.Length * 2);
        _substitutions[_substitutionCount++] = node;
        return true;
    }

    private NodeKind KindOf(int node) => _nodes[node].Kind;

    private static bool IsFunctionQualifier(NodeKind kind) =>
        kind is >= NodeKind.RestrictThis and <= NodeKind.ThrowSpecification;
}
