namespace Bursar;

/// <summary>What the environment says (docs/operating.md). Read once, at start.</summary>
public sealed record Settings(string? Db, string Data, string? PublicUrl, string? KeyFile)
{
    public static Settings Read() => new(
        Value("BURSAR_DB"), Path.GetFullPath(Value("BURSAR_DATA") ?? ".bursar"),
        Value("BURSAR_PUBLIC_URL"), Value("BURSAR_KEY_FILE"));

    public string KeyPath => KeyFile ?? Path.Combine(Data, "key");

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
