using System.Globalization;
using MemTools.Allocators.Json;

namespace MemTools.Allocators.Provisioning.Store;

/// <summary>Reads what <see cref="StoreJson"/> wrote. Each launch under an installed allocator does (<see cref="JsonText"/>).</summary>
internal static class StoreManifestReader
{
    /// <exception cref="FormatException">It is no manifest.</exception>
    public static StoreManifest Read(byte[] utf8)
    {
        var json = JsonValue.Parse(utf8);
        return new StoreManifest
        {
            SchemaVersion = json.Find("schemaVersion")?.Int32 ?? 1,
            Name = json["name"].RequiredText,
            Version = json["version"].RequiredText,
            Package = json["package"].RequiredText,
            Manager = json["manager"].RequiredText,
            Library = json.Find("library")?.Text,
            Dependencies = List(json, "dependencies", static item => item.RequiredText),
            Architecture = json.Find("architecture")?.Text,
            Libc = json.Find("libc")?.Text,
            NeedsGlibc = json.Find("needsGlibc")?.Text,
            InstalledAt = DateTimeOffset.Parse(json["installedAt"].RequiredText, CultureInfo.InvariantCulture),
            Packages = List(json, "packages", static item =>
                new StoredPackage(item["name"].RequiredText, item.Find("version")?.Text, item["file"].RequiredText, item["sha256"].RequiredText)),
            Files = List(json, "files", static item => new StoredFile(item["path"].RequiredText, item["size"].Number, item["sha256"].RequiredText)),
        };
    }

    private static List<T> List<T>(JsonValue json, string name, Func<JsonValue, T> read)
    {
        var result = new List<T>();
        foreach (var item in json.Find(name)?.Items ?? [])
            result.Add(read(item));
        return result;
    }
}
