using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bursar.Core.Ids;

/// <summary>What an id names; gives its prefix.</summary>
public interface IIdKind
{
    static abstract string Prefix { get; }
}

/// <summary>
/// A typed id: a UUIDv7 inside (and in the database), a prefix and 26 characters of base32 at every edge (URL, JSON, log, file).
/// Opaque to clients; the outside form is frozen by a test.
/// </summary>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<TKind>(Guid Value) where TKind : IIdKind
{
    /// <summary>A new id; <paramref name="now"/> gives its leading 48 bits (milliseconds), so ids sort by birth.</summary>
    public static Id<TKind> New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>When it was made, to the millisecond: the first 48 bits of a UUIDv7 (of a made-up one, up to the year 9892).</summary>
    public DateTimeOffset Born
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            var stamp = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16;
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(stamp, 250_000_000_000_000));
        }
    }

    public bool IsEmpty => Value == Guid.Empty;

    public static bool TryParse(string? text, out Id<TKind> id)
    {
        id = default;
        var prefix = TKind.Prefix;
        if (text is null || text.Length != prefix.Length + Base32.Length || !text.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        if (!Base32.TryDecode(text.AsSpan(prefix.Length), out var value)) return false;
        id = new Id<TKind>(value);
        return true;
    }

    public override string ToString() =>
        string.Create(TKind.Prefix.Length + Base32.Length, Value, static (text, value) =>
        {
            TKind.Prefix.CopyTo(text);
            Base32.Write(value, text[TKind.Prefix.Length..]);
        });
}

public sealed class IdJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => true;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Converter<TKind> : JsonConverter<Id<TKind>> where TKind : IIdKind
    {
        public override Id<TKind> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Id<TKind>.TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"not an id of the form {TKind.Prefix}…");

        public override void Write(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
