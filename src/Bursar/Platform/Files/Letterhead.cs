using Bursar.Core.Access;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Platform.Files;

/// <summary>From whom a document comes, and how they write it. <see cref="Lines"/>: who they are, the name first.</summary>
public sealed record Letterhead(IReadOnlyList<string> Lines, byte[]? Logo, Language Language, DisplayZone Zone, TimeFormat Times)
{
    public string Name => Lines[0];
}

/// <summary>Knows every workspace's own; the room that keeps the company's settings is one.</summary>
public interface ILetterheads
{
    Task<Letterhead> Of(BookKey book);
}
