using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Demangle.Itanium;

internal sealed partial class ItaniumDemangler
{
    /// <summary>A type's qualifier, pointer, array or function that waits to be written around an inner declarator.</summary>
    private struct Modifier
    {
        public int Next;
        public int Node;
        public int Templates;
        public bool Printed;
    }

    /// <summary>One template in scope: its arguments are what template parameters stand for.</summary>
    private struct Scope
    {
        public int Next;
        public int Template;
    }

    private byte[] _output = new byte[4096];
    private int _length;
    private byte _last;
    private bool _failed;
    private DemangleStyle _style;
    private int _printSteps;
    private int _printDepth;

    // Index 0 of both lists means "none". Modifiers live as long as the node that pushed them; scopes are never
    // overwritten within a name, so that a remembered index stays good.
    private Modifier[] _modifiers = new Modifier[64];
    private int _modifierTop;
    private int _modifier;
    private Scope[] _scopes = new Scope[64];
    private int _scopeTop;
    private int _scope;
    private int _currentTemplate;
    private int _packIndex;
    private int _lambdaDepth;
    private int _lambdaHead;

    private bool TryPrint(int root, DemangleStyle style, out ReadOnlySpan<byte> readable)
    {
        _length = 0;
        _last = 0;
        _failed = false;
        _style = style;
        _printSteps = 0;
        _printDepth = 0;
        _modifierTop = 1;
        _modifier = 0;
        _scopeTop = 1;
        _scope = 0;
        _currentTemplate = 0;
        _packIndex = 0;
        _lambdaDepth = 0;
        _lambdaHead = 0;
        Print(style == DemangleStyle.Full ? root : WithoutParameters(root));
        readable = _output.AsSpan(0, _failed ? 0 : _length);
        return !_failed && _length > 0;
    }

    private void TrimOutput()
    {
        if (_output.Length > DemangleLimits.MaxRetainedElements)
            _output = new byte[4096];
        if (_scopes.Length > DemangleLimits.MaxRetainedElements)
            _scopes = new Scope[64];
    }

    /// <summary>The name alone of a function, without its clone's suffix and the qualifiers of its <c>this</c>.</summary>
    private int WithoutParameters(int node)
    {
        while (KindOf(node) is NodeKind.Clone or NodeKind.Constrained)
            node = _nodes[node].A;
        if (KindOf(node) == NodeKind.TypedName)
            node = _nodes[node].A;
        while (IsFunctionQualifier(KindOf(node)))
            node = _nodes[node].A;
        if (KindOf(node) == NodeKind.LocalName)
        {
            int right = _nodes[node].B;
            int inner = KindOf(right) == NodeKind.DefaultArgument ? _nodes[right].A : right;
            int bare = inner;
            while (IsFunctionQualifier(KindOf(bare)))
                bare = _nodes[bare].A;
            if (inner == right)
                _nodes[node].B = bare;
            else
                _nodes[right].A = bare;
        }
        return node;
    }

    private void Fail() => _failed = true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(char c)
    {
        int length = _length;
        byte[] output = _output;
        if ((uint)length >= (uint)output.Length)
        {
            PutSlowly((byte)c);
            return;
        }
        output[length] = (byte)c;
        _length = length + 1;
        _last = (byte)c;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PutSlowly(byte c)
    {
        if (!Reserve(1))
            return;
        _output[_length++] = c;
        _last = c;
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || (_output.Length - _length < text.Length && !Reserve(text.Length)))
            return;
        text.CopyTo(_output.AsSpan(_length));
        _length += text.Length;
        _last = text[^1];
    }

    private void PutConstant(int text) => Put(ConstantText.All[text]);

    private void PutNumber(int number)
    {
        Span<byte> digits = stackalloc byte[12];
        Utf8Formatter.TryFormat(number, digits, out int written);
        Put(digits[..written]);
    }

    /// <summary>Writes again what a node wrote before.</summary>
    private void PutAgain(int start, int length)
    {
        if (_output.Length - _length < length && !Reserve(length))
            return;
        _output.AsSpan(start, length).CopyTo(_output.AsSpan(_length));
        _length += length;
        _last = _output[_length - 1];
    }

    private bool Reserve(int more)
    {
        int needed = _length + more;
        if (_failed || needed > DemangleLimits.MaxOutputBytes)
        {
            _failed = true;
            return false;
        }
        if (needed > _output.Length)
            Array.Resize(ref _output, Math.Min(Math.Max(needed, _output.Length * 2), DemangleLimits.MaxOutputBytes));
        return true;
    }

    private int PushModifier(int node, int next)
    {
        if (_modifierTop == _modifiers.Length)
            Array.Resize(ref _modifiers, _modifiers.Length * 2);
        ref Modifier modifier = ref _modifiers[_modifierTop];
        modifier.Next = next;
        modifier.Node = node;
        modifier.Templates = _scope;
        modifier.Printed = false;
        return _modifierTop++;
    }

    private void PushScope(int template)
    {
        if (_scopeTop == _scopes.Length)
            Array.Resize(ref _scopes, _scopes.Length * 2);
        _scopes[_scopeTop].Next = _scope;
        _scopes[_scopeTop].Template = template;
        _scope = _scopeTop++;
    }
}
