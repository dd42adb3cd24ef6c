using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Dapper;

namespace Bursar.Rooms.Operator;

/// <summary>
/// A business asks to be let in (PRODUCT W1), by page or API, without an account. The answer is the same whoever asks and whatever is
/// known about them: a second application of the same address changes nothing and is not told so.
/// </summary>
public sealed class Apply(Database database, TimeProvider time) : IDisposable
{
    public const int AboutMax = 1000;
    /// <summary>In an hour: from one network, and from everywhere. Waiting in all: more than an operator can read.</summary>
    private const int PerNetworkMax = 5;
    private const int PerHourMax = 200;
    private const int WaitingMax = 2000;

    // The public door takes two database connections at most, however many knock.
    private readonly ConcurrencyLimiter door = new(new ConcurrencyLimiterOptions { PermitLimit = 2, QueueLimit = 20 });

    public sealed record Request(
        string Business, string Name, string Email, string? Phone = null, string? About = null, string Language = "en");

    public sealed record Response(string State);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/applications", (Delegate)Called)
            .Describe<Request, Response>("Apply for a workspace", new Request("Kopi Nusantara", "Ada Admin", "ada@example.com"),
                202, isPublic: true);
        routes.MapPost("/apply", (RequestDelegate)Posted).BeforePages();
    }

    public async Task<Result<Response>> Handle(Request request, string peer)
    {
        var fields = new List<FieldError>();
        void Check(string field, string? problem) { if (problem is not null) fields.Add(new FieldError(field, "invalid", problem)); }
        Check("/business", PlainText.Problem(request.Business, 1, 80));
        Check("/name", PlainText.Problem(request.Name, 1, 80));
        var phone = PlainText.Phone(request.Phone);
        Check("/email", PlainText.Email(request.Email) is null ? "This is no e-mail address." : null);
        Check("/phone", request.Phone is null || phone is not null ? null
            : "Write the number with its country code, such as +62 812 3456 7890.");
        Check("/about", AboutProblem(request.About));
        Check("/language", Language.Find(request.Language) is null ? "en or id." : null);
        if (fields.Count > 0) return Errors.Invalid([.. fields]);

        using var lease = await door.AcquireAsync();
        if (!lease.IsAcquired) return Busy();
        var now = time.NowMicros();
        await using var connection = await database.Desk.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // One after another, so that the bounds are exact over all processes.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext('bursar applications'))");
        var (fromHere, lately, waiting) = await connection.QuerySingleAsync<(long, long, long)>("""
            select count(*) filter (where created_at > @hourAgo and network = @network), count(*) filter (where created_at > @hourAgo),
                count(*) filter (where state = 'waiting')
            from applications where created_at > @hourAgo or state = 'waiting'
            """, new { hourAgo = now - TimeSpan.FromHours(1), network = Network(peer) });
        if (fromHere >= PerNetworkMax || lately >= PerHourMax || waiting >= WaitingMax) return Busy();
        await connection.ExecuteAsync("""
            insert into applications (application_id, business, name, email, phone, about, network, state, language, created_at)
            values (@id, @Business, @Name, @email, @phone, @About, @network, 'waiting', @Language, @now)
            on conflict (email) where state = 'waiting' do nothing
            """, new
        {
            id = ApplicationId.New(now).Value,
            request.Business,
            request.Name,
            email = PlainText.Email(request.Email),
            phone,
            request.About,
            network = Network(peer),
            request.Language,
            now,
        });
        await transaction.CommitAsync();
        return new Response("received");
    }

    private static async Task Called(HttpContext http)
    {
        var request = await Bodies.Read<Request>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var answer = await http.RequestServices.GetRequiredService<Apply>().Handle(request.Value, Callers.Peer(http));
        if (answer.Ok) await Api.WriteJson(http, 202, Json.Write(answer.Value));
        else await Problems.Write(http, answer.Error);
    }

    private static async Task Posted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        var about = Text("about")?.ReplaceLineEndings("\n");
        var request = new Request(Text("business") ?? "", Text("name") ?? "", Text("email") ?? "", Text("phone"), about,
            Language.Current.Code);
        var answer = await http.RequestServices.GetRequiredService<Apply>().Handle(request, Callers.Peer(http));
        if (answer.Ok)
        {
            http.Response.Redirect("/apply?sent=yes");
            return;
        }
        var page = http.RequestServices.GetRequiredService<PageContext>();
        (page.Error, page.Posted) = (answer.Error, form);
        http.Response.StatusCode = answer.Error.Code.Status;
        await PageDoor.Show(http, typeof(ApplyPage));
    }

    /// <summary>Plain text of several lines.</summary>
    private static string? AboutProblem(string? about) => about?.Length > AboutMax ? $"Up to {AboutMax} characters."
        : about?.Split('\n').Select(line => PlainText.Problem(line, 0, AboutMax)).FirstOrDefault(problem => problem is not null);

    /// <summary>An IPv4 address, or the first half of an IPv6 one: who has one such address has all of that half.</summary>
    private static string Network(string peer) =>
        IPAddress.TryParse(peer, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : peer;

    private static Error Busy() =>
        new Error(Errors.RateLimited, "Too many applications at the moment. Try again in an hour.").With("retryAfter", 3600);

    public void Dispose() => door.Dispose();
}
