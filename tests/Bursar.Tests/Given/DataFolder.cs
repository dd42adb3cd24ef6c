using Bursar.Platform.Data;

namespace Bursar.Tests.Given;

/// <summary>
/// A data folder of a test's own, gone afterwards with its cluster. Not CreateTempSubdirectory: that one is closed to the user who runs
/// PostgreSQL when the tests run as root, so the cluster would go to /var/lib/bursar and stay there.
/// </summary>
public sealed class DataFolder : IAsyncDisposable
{
    public string Path { get; } = Directory.CreateDirectory($"/tmp/bursar-test-{Guid.CreateVersion7():N}").FullName;

    public async ValueTask DisposeAsync()
    {
        await PrivateCluster.StopIfIdle(Path);
        Directory.Delete(Path, recursive: true);
    }
}
