using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// How an approved spend is executed: by the agent itself (its code pays and reports), by the workspace's executor, or by Bursar's own
/// rails from the deposit.
/// </summary>
public enum HandleType { SdkGuard, ExternalExecutor, Managed }

/// <summary>What decisions need of a payment handle. Lives are in seconds: of a token and of the authorization it is drawn from.</summary>
public sealed record HandleFact(
    HandleId Id, HandleType Type, bool IsDefault, bool AutoExecute, int SatSeconds, int AuthorizationSeconds, string? BankCode,
    string? AccountNumber);

/// <summary>The handles of a book at its control version.</summary>
public sealed class HandleFacts : Fact<IReadOnlyList<HandleFact>>
{
    public static readonly HandleFacts Instance = new();

    protected override IReadOnlyList<string> Statements =>
    [
        """
        select handle_id, type, is_default, auto_execute, sat_seconds, authorization_seconds, managed_bank, managed_account from handles
        where workspace_id = $1 and mode = $2 and not archived order by handle_id limit 100
        """,
    ];

    protected override async Task<IReadOnlyList<HandleFact>> Read(NpgsqlDataReader reader, CancellationToken ct)
    {
        var handles = new List<HandleFact>();
        while (await reader.ReadAsync(ct))
            handles.Add(new HandleFact(new(reader.GetGuid(0)), Json.Parse<HandleType>(reader.GetString(1)), reader.GetBoolean(2),
                reader.GetBoolean(3), reader.GetInt32(4), reader.GetInt32(5), reader.Text(6), reader.Text(7)));
        return handles;
    }

    /// <summary>The handle that a request names, or the default one.</summary>
    public static Result<HandleFact> Chosen(OpenBook book, HandleId? id) => Find(book, id) is { } handle ? handle
        : id is null ? new Error(Errors.HandleMissing, "Name a handleId, or make one handle the default.")
        : Errors.Field("/handleId", "unknown", "There is no such handle in this mode.");

    /// <summary>The handle of this id, or the default one where none is named.</summary>
    public static HandleFact? Find(OpenBook book, HandleId? id) =>
        Instance.Of(book).FirstOrDefault(h => id is { } named ? h.Id == named : h.IsDefault);
}
