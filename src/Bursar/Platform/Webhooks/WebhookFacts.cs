using Bursar.Platform.Books;
using Npgsql;

namespace Bursar.Platform.Webhooks;

/// <summary>The event filters of a book's endpoints at its control version. What a paused one hears waits until it is resumed.</summary>
public sealed class WebhookFacts : Fact<IReadOnlyList<string[]>>
{
    public static readonly WebhookFacts Instance = new();

    protected override IReadOnlyList<string> Statements =>
    [
        "select events from webhook_endpoints where workspace_id = $1 and mode = $2 and state in ('active', 'paused') and of_key is null",
    ];

    protected override async Task<IReadOnlyList<string[]>> Read(NpgsqlDataReader reader, CancellationToken ct)
    {
        var filters = new List<string[]>();
        while (await reader.ReadAsync(ct)) filters.Add(reader.GetFieldValue<string[]>(0));
        return filters;
    }
}

/// <summary>Wants the public entries that some endpoint hears; a test goes to its endpoint directly.</summary>
public sealed class WebhookConsumer : IConsumer
{
    public const short Id = 2;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry)
    {
        if (!entry.Public || entry.Type == Endpoints.TestEvent) return false;
        foreach (var filters in WebhookFacts.Instance.Of(book))
            if (EventFilters.Hears(filters, entry.Type))
                return true;
        return false;
    }
}
