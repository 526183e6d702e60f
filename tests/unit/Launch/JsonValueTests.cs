using System.Text;
using System.Text.Json;
using MemTools.Allocators.Json;
using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Tests.Launch;

/// <summary>Our reader of small JSON files, held to System.Text.Json on the same bytes.</summary>
public sealed class JsonValueTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData(" [ ] ")]
    [InlineData("""{"a":{"b":[1,-2,9223372036854775807,true,false,null,"x"]},"":"empty name"}""")]
    [InlineData("\r\n\t{ \"a\" : [ [ ] , { } ] }\n")]
    [InlineData("""["\"\\\/\b\f\n\r\t\u0041\ud83d\ude00","ünï\u2028"]""")]
    [InlineData("\"\"")]
    public void Reads_what_the_framework_reads(string text)
    {
        using var expected = JsonDocument.Parse(text);
        Same(expected.RootElement, JsonValue.Parse(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("{a:1}")]
    [InlineData("\"open")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("tru")]
    [InlineData("{} x")]
    public void Refuses_what_the_framework_refuses(string text)
    {
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));
        Assert.Throws<FormatException>(() => JsonValue.Parse(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Refuses_what_is_nested_too_deep() =>
        Assert.Throws<FormatException>(() => JsonValue.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000))));

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"text":1}""")]
    [InlineData("""{"text":"1"}""")]
    public void A_missing_member_or_another_type_is_damage(string text)
    {
        var json = JsonValue.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Throws<FormatException>(() => (json["text"].RequiredText, json["text"].Number));
    }

    [Fact]
    public void Reads_the_manifest_that_the_generated_serializer_wrote()
    {
        var manifest = new StoreManifest
        {
            Name = "tcmalloc", Version = "1:2.10-1", Package = "libgoogle-perftools4", Manager = "apt", Library = "lib/libtcmalloc.so.4",
            Dependencies = ["lib/a.so", "lib/ü.so"], Architecture = "x86_64", NeedsGlibc = "2.34",
            InstalledAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
            Packages = [new StoredPackage("p", null, "p.deb", "00"), new StoredPackage("q", "1", "q.deb", "ff")],
            Files = [new StoredFile("lib/a.so", 5_000_000_000, "ab")],
        };
        var read = StoreManifestReader.Read(JsonSerializer.SerializeToUtf8Bytes(manifest, StoreJson.Default.StoreManifest));
        Assert.Equal(
            JsonSerializer.Serialize(manifest, StoreJson.Default.StoreManifest), JsonSerializer.Serialize(read, StoreJson.Default.StoreManifest));
    }

    private static void Same(JsonElement expected, JsonValue actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(static p => p.Name), actual.Members.Select(static m => m.Key));
                foreach (var (member, other) in expected.EnumerateObject().Zip(actual.Members))
                    Same(member.Value, other.Value);
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.Items.Count);
                foreach (var (item, other) in expected.EnumerateArray().Zip(actual.Items))
                    Same(item, other);
                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), actual.Text);
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.GetInt64(), actual.Number);
                break;
            case JsonValueKind.Null:
                Assert.True(actual.IsNull);
                break;
            default:
                Assert.Equal(expected.GetBoolean(), actual.Flag);
                break;
        }
    }
}
