namespace MemTools.Allocators.Launch;

/// <summary>Thrown by a sink for the program's output whose reader went away (a closed pipe): the program then finds its own pipe closed, as it would without MemTools.</summary>
public class ReaderGoneException(string message) : IOException(message);
