using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

/// <summary>The active policies of a book at its control version.</summary>
public sealed class PolicyFacts : Fact<IReadOnlyList<Policy>>
{
    public static readonly PolicyFacts Instance = new();

    protected override IReadOnlyList<string> Statements =>
        ["select document from policies where workspace_id = $1 and mode = $2 and active and not archived order by policy_id"];

    protected override async Task<IReadOnlyList<Policy>> Read(NpgsqlDataReader reader, CancellationToken ct)
    {
        var policies = new List<Policy>();
        while (await reader.ReadAsync(ct)) policies.Add(Json.Read<Policy>(reader.GetString(0)));
        return policies;
    }
}
