namespace Bursar.Platform.Data;

/// <summary>
/// A value as a row keeps it: its JSON, and the value itself, read from it at most once however many copies of the row are made.
/// </summary>
public sealed class StoredJson
{
    private object? value;

    private StoredJson(string text, object? value)
    {
        Text = text;
        this.value = value;
    }

    public string Text { get; }

    public static StoredJson Of(object value) => new(Json.Write(value), value);

    public static StoredJson Read(string text) => new(text, null);

    /// <summary>Always asked as the same type: whoever wrote it knows which.</summary>
    public T As<T>() where T : class => (T)(value ??= Json.Read<T>(Text));
}
