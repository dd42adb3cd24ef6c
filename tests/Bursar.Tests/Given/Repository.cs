namespace Bursar.Tests.Given;

public static class Repository
{
    /// <summary>The folder of Bursar.slnx.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Bursar.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
