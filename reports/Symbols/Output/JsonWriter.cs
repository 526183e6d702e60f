using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MemTools.Reports.Symbols.Output;

/// <summary>
/// JSON Lines: per address one object <c>{"address":"0x…","module":"…","offset":"0x…","frames":[{"function":…,"systemName":…,"file":…,
/// "line":…,"column":…,"isInlined":…},…]}</c>. Unknown texts are null, unknown numbers 0.
/// </summary>
internal sealed class JsonWriter(Stream stream) : SymbolWriter(stream)
{
    public override void Write(ulong address, string module, ulong offset, ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        Output.Write("{\"address\":\"0x"u8);
        Output.WriteHex(address);
        Output.Write("\",\"module\":"u8);
        WriteString(Encoding.UTF8.GetBytes(module));
        Output.Write(",\"offset\":\"0x"u8);
        Output.WriteHex(offset);
        Output.Write("\",\"frames\":["u8);
        for (int i = 0; i < frames.Length; i++)
        {
            ref readonly ResolvedFrame frame = ref frames[i];
            Output.Write(i > 0 ? ",{\"function\":"u8 : "{\"function\":"u8);
            WriteString(store.FunctionName(frame.Function));
            Output.Write(",\"systemName\":"u8);
            WriteString(store.SystemName(frame.Function));
            Output.Write(",\"file\":"u8);
            WriteString(store.FilePath(frame.File));
            Output.Write(",\"line\":"u8);
            Output.Write(frame.Line);
            Output.Write(",\"column\":"u8);
            Output.Write(frame.Column);
            Output.Write(i + 1 < frames.Length ? ",\"isInlined\":true}"u8 : ",\"isInlined\":false}"u8);
        }

        Output.Write("]}\n"u8);
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            Output.Write("null"u8);
            return;
        }

        Output.Write((byte)'"');
        if (JavaScriptEncoder.UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncodeUtf8(text) < 0)
            Output.Write(text);
        else
            Output.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Output.Write((byte)'"');
    }
}
