using System.Reflection;
using Bursar.Core.Text;
using Bursar.Platform.Data;

namespace Bursar.Platform.Languages;

/// <summary>
/// The language of the page that is being made. English is what the sources say; another language is a file that names each English
/// sentence once (id.json). What a file does not know stays English, and a test finds it.
/// </summary>
public sealed class Language
{
    public static readonly Language English = new("en", "English", null);
    public static readonly Language Indonesian = new("id", "Bahasa Indonesia", "id.json");
    public static readonly IReadOnlyList<Language> All = [English, Indonesian];

    private static readonly AsyncLocal<Language?> Spoken = new();

    private readonly Dictionary<string, string> sentences;

    private Language(string code, string name, string? file)
    {
        (Code, Name) = (code, name);
        sentences = file is null ? [] : Load(file);
    }

    /// <summary>As in HTML: "en", "id".</summary>
    public string Code { get; }

    /// <summary>In itself: "Bahasa Indonesia".</summary>
    public string Name { get; }

    /// <summary>The language of this request, for all that it calls.</summary>
    public static Language Current
    {
        get => Spoken.Value ?? English;
        set => Spoken.Value = value;
    }

    public static Language? Find(string? code) => All.FirstOrDefault(l => l.Code == code);

    /// <summary>
    /// Says it in the language of the page. Every word that people read goes through here, most of them inside the components.
    /// </summary>
    public static string T(Phrase text) => Current.Say(text);

    public string Say(Phrase text) => text.In(sentences.GetValueOrDefault(text.Pattern, text.Pattern), Say);

    /// <summary>Makes a text in this language, whatever the page around it speaks.</summary>
    public TText Speak<TText>(Func<TText> text)
    {
        var before = Spoken.Value;
        Spoken.Value = this;
        try { return text(); }
        finally { Spoken.Value = before; }
    }

    private static Dictionary<string, string> Load(string file)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!);
        return Json.Read<Dictionary<string, string>>(reader.ReadToEnd());
    }
}
