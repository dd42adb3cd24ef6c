namespace Bursar.Sdk;

/// <summary>How a client talks: to which Bursar, as whom, and for how long it tries.</summary>
public sealed record BursarOptions
{
    /// <summary>bk_test_… or bk_live_…; the environment's BURSAR_API_KEY when absent. It decides workspace and mode.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where Bursar is; the environment's BURSAR_URL when absent, else http://127.0.0.1:8080.</summary>
    public Uri? Address { get; init; }

    /// <summary>How often one call is sent at most, the first time included. At least 1.</summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Sends the requests; not disposed by the client. A new <see cref="SocketsHttpHandler"/> when absent.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock that waits between attempts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A client of Bursar's API (v1). Safe for use by many threads at once; keep one as long as the process lives.</summary>
public sealed class BursarClient : IDisposable
{
    private readonly Transport transport;

    /// <summary>A client of the environment's BURSAR_API_KEY and BURSAR_URL.</summary>
    public BursarClient() : this(new BursarOptions()) { }

    /// <summary>A client with options of its own.</summary>
    /// <exception cref="ArgumentException">No API key was given and BURSAR_API_KEY is not set.</exception>
    public BursarClient(BursarOptions options)
    {
        transport = new Transport(options);
        Transfers = new Transfers(transport);
        TopUps = new TopUps(transport);
        Spends = new Spends(transport, options.Time);
        Approvals = new Approvals(transport);
        Policies = new Policies(transport);
        Sats = new Sats(transport);
        WebhookEndpoints = new WebhookEndpoints(transport);
        Deliveries = new Deliveries(transport);
        Events = new Events(transport);
        Balances = new Balances(transport);
    }

    /// <summary>Money to bank accounts, virtual accounts and e-wallets.</summary>
    public Transfers Transfers { get; }

    /// <summary>Money into the deposit.</summary>
    public TopUps TopUps { get; }

    /// <summary>What agents spend: ask, pay, report.</summary>
    public Spends Spends { get; }

    /// <summary>What waits for a person. Keys look; only members decide, in the dashboard.</summary>
    public Approvals Approvals { get; }

    /// <summary>The rules that every disbursement passes.</summary>
    public Policies Policies { get; }

    /// <summary>Spend authorization tokens that somebody shows.</summary>
    public Sats Sats { get; }

    /// <summary>Where events are sent.</summary>
    public WebhookEndpoints WebhookEndpoints { get; }

    /// <summary>What was sent to webhook endpoints, and what they answered.</summary>
    public Deliveries Deliveries { get; }

    /// <summary>The book's public facts in order.</summary>
    public Events Events { get; }

    /// <summary>What is there, what is held, what is free.</summary>
    public Balances Balances { get; }

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();
}
