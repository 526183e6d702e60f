namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <summary>Deflate data are damaged; the message says how.</summary>
internal sealed class InflateException(string message) : Exception(message);
