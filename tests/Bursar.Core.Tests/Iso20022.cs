namespace Bursar.Core.Tests;

/// <summary>
/// The message schemas of ISO 20022 are not part of this repository. They are looked for as shared/data/iso20022 beside any folder
/// above; a test that needs one says that it was skipped where there is none.
/// </summary>
internal static class Iso20022
{
    public static string Schema(string message)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "iso20022", $"{message}.xsd") is var path && File.Exists(path)) return path;
        Assert.Skip($"There is no schema of {message} here.");
        return "";
    }
}
