namespace MemTools.Containers.Targets;

/// <summary>Go's names of architectures, as engines use them, and the kernel's.</summary>
internal static class Architectures
{
    public static string FromGo(string name) => name switch
    {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        "386" => "i386",
        "loong64" => "loongarch64",
        _ => name,
    };
}
