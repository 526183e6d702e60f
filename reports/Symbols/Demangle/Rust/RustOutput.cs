using System.Text;

namespace MemTools.Reports.Symbols.Demangle.Rust;

/// <summary>A growing UTF-8 buffer that refuses more than <see cref="DemangleLimits.MaxOutputBytes"/>.</summary>
internal sealed class RustOutput
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        Overflowed = false;
        if (_bytes.Length > DemangleLimits.MaxRetainedElements)
            _bytes = new byte[1024];
    }

    public void Put(ReadOnlySpan<byte> text)
    {
        if (text.Length > _bytes.Length - Length)
        {
            if (text.Length > DemangleLimits.MaxOutputBytes - Length)
            {
                Overflowed = true;
                return;
            }
            Array.Resize(ref _bytes, Math.Min(Math.Max(Length + text.Length, _bytes.Length * 2), DemangleLimits.MaxOutputBytes));
        }
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    public void Put(char ascii) => Put([(byte)ascii]);

    public void Put(Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        Put(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    public void PutNumber(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out int written);
        Put(digits[..written]);
    }
}
