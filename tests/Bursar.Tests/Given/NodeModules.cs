namespace Bursar.Tests.Given;

/// <summary>Libraries of npm that tests verify with: in $BURSAR_NODE_MODULES, else where <c>./bursar test</c> has installed them.</summary>
public static class NodeModules
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("BURSAR_NODE_MODULES") is { Length: > 0 } given ? given
        : Path.Combine(Repository.Root, "artifacts", "node", "node_modules");

    /// <summary>The library's folder.</summary>
    public static string Of(string library)
    {
        var folder = Path.Combine(Folder, library);
        Assert.True(Directory.Exists(folder),
            $"npm's {library} is not there: ./bursar test installs it, as does npm install --prefix artifacts/node {library}");
        return folder;
    }
}
