using System.Net;
using Bursar.Core.Results;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bursar.Tests.Messages;

/// <summary>
/// Messages out: once, to one recipient, with nothing left behind; a mailbox page only where nothing is sent. On a product of its own:
/// whoever has a mail server takes every message of the database, those of other tests too.
/// </summary>
public sealed class MessageTests(Product product) : IClassFixture<Product>
{
    private static string Address() => $"r{Guid.CreateVersion7():N}@example.test";

    private static MessageSettings Smtp(MailServer server) =>
        new(Mailbox: false, new SmtpSettings("127.0.0.1", server.Port, "bursar@example.test", null, null, Tls: false));

    private static OutgoingMessage Mail(string to) => new(MessageChannel.Email, to, "s", "t");

    [Fact]
    public async Task a_mail_goes_out_and_what_it_said_is_gone()
    {
        await using var server = new MailServer();
        var (app, _) = await product.Serve(Smtp(server));
        await using var _1 = app;
        var to = Address();
        await Queue(app).Send(new OutgoingMessage(MessageChannel.Email, to, "Undangan dari Kopi “Nusantara”",
            "Open https://bursar.test/invite/secret-part-of-a-link\n.\nBye"));
        var before = await Row(to);
        Assert.DoesNotContain("secret-part", before.Content, StringComparison.Ordinal);
        var row = await Until(to, "sent");
        Assert.Null(row.Content);
        Assert.Equal(1, row.Tries);
        var mail = Assert.Single(server.Mails);
        Assert.Contains("From: \"Bursar\" <bursar@example.test>", mail, StringComparison.Ordinal);
        Assert.Contains($"To: {to}", mail, StringComparison.Ordinal);
        Assert.Contains("secret-part-of-a-link", mail.Replace("=\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Bye", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task no_header_comes_in_by_the_subject_and_no_recipient_by_the_address()
    {
        await using var server = new MailServer();
        var (app, _) = await product.Serve(Smtp(server));
        await using var _1 = app;
        var to = Address();
        await Queue(app).Send(new OutgoingMessage(MessageChannel.Email, to, "Join\r\nBcc: victim@example.test\r\n\r\nX\u2028Y\0", "text"));
        await Until(to, "sent");
        var head = server.Mails.Single().Split("\n\n")[0];
        Assert.DoesNotContain(head.Split('\n'), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.Equal($"RCPT TO:<{to}>", Assert.Single(server.Recipients));
        foreach (var bad in new[] { "a@x.test\r\nRCPT TO:<b@x.test>", "a@x.test,b@x.test", "<a@x.test>", "A@x.test" })
            await Assert.ThrowsAsync<InvariantBroken>(() => Queue(app).Send(Mail(bad)));
        foreach (var bad in new[] { "0812345678", "+62812\n345678", "+62 812 345 678" })
            await Assert.ThrowsAsync<InvariantBroken>(() => Queue(app).Send(new OutgoingMessage(MessageChannel.Sms, bad, "", "t")));
    }

    [Fact]
    public async Task a_server_that_says_later_is_asked_again_and_one_that_says_no_is_not()
    {
        await using var server = new MailServer { Refusal = "450 busy" };
        var (app, _) = await product.Serve(Smtp(server));
        await using var _1 = app;
        var to = Address();
        await Queue(app).Send(Mail(to));
        for (var i = 0; i < 100 && server.Tries == 0; i++) await Task.Delay(50);
        var row = await Until(to, "queued", r => r.Error is not null);
        Assert.Equal("The mail server answered 450.", row.Error);
        Assert.NotNull(row.Content);
        Assert.InRange(row.Due!.Value - row.CreatedAt, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(60));
        server.Refusal = "550 nobody";
        await Execute("update bursar.messages set due = created_at where recipient = @to", to);
        row = await Until(to, "failed");
        Assert.Null(row.Content);
        Assert.Equal((2, "The mail server answered 550."), (row.Tries, row.Error));
    }

    [Fact]
    public async Task what_has_expired_is_dropped_and_never_sent()
    {
        await using var server = new MailServer();
        var to = Address();
        await Queue(product.Services).Send(Mail(to));
        await Execute("update bursar.messages set state = 'queued', due = created_at, expires_at = created_at where recipient = @to", to);
        var (app, _) = await product.Serve(Smtp(server));
        await using var _1 = app;
        Assert.Null((await Until(to, "expired")).Content);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task a_message_is_there_only_if_its_cause_is()
    {
        var to = Address();
        await using var connection = await product.Database.Engine.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(await Queue(product.Services).Send(connection, Mail(to)));
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, await Count(to));
    }

    [Fact]
    public async Task one_recipient_is_not_flooded()
    {
        var to = Address();
        for (var i = 0; i < 30; i++) Assert.True(await Queue(product.Services).Send(Mail(to)));
        Assert.False(await Queue(product.Services).Send(Mail(to)));
        Assert.Equal(30, await Count(to));
    }

    [Fact]
    public async Task sms_and_whatsapp_leave_through_their_gateways()
    {
        var heard = new System.Collections.Concurrent.ConcurrentBag<(string Body, string Authorization, string Key)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var gateway = builder.Build();
        gateway.MapPost("/sms", async (HttpContext http) =>
        {
            var headers = http.Request.Headers;
            var body = await new StreamReader(http.Request.Body).ReadToEndAsync();
            heard.Add((body, headers.Authorization.ToString(), headers["Idempotency-Key"].ToString()));
            return Results.StatusCode(heard.Count == 1 ? 503 : 202);
        });
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        var url = gateway.Urls.First() + "/sms";
        var gateways = new MessageSettings(false,
            Sms: new GatewaySettings(url, "gateway-token"),
            WhatsApp: new GatewaySettings(url + "/none", null));
        var (app, _) = await product.Serve(gateways, new OutboundRules([IPNetwork.Parse("127.0.0.0/8")], LoopbackInTest: false));
        await using var _1 = app;
        var to = $"+628{Random.Shared.NextInt64(10_000_000, 99_999_999)}";
        await Queue(app).Send(new OutgoingMessage(MessageChannel.Sms, to, "", "Your code is 123456"));
        await Until(to, "queued", r => r.Error == "The gateway answered 503.");
        await Execute("update bursar.messages set due = created_at where recipient = @to", to);
        await Until(to, "sent");
        Assert.Equal(2, heard.Count);
        Assert.Single(heard.Select(h => h.Key).Distinct());
        Assert.All(heard, h => Assert.Equal("Bearer gateway-token", h.Authorization));
        var sent = System.Text.Json.Nodes.JsonNode.Parse(heard.First().Body)!;
        Assert.Equal(("sms", to, "Your code is 123456"), ((string?)sent["channel"], (string?)sent["to"], (string?)sent["text"]));

        var other = $"+628{Random.Shared.NextInt64(10_000_000, 99_999_999)}";
        await Queue(app).Send(new OutgoingMessage(MessageChannel.WhatsApp, other, "", "Your code is 654321"));
        Assert.Equal("The gateway answered 404.", (await Until(other, "failed")).Error);
    }

    [Fact]
    public async Task the_mailbox_shows_what_was_not_sent_and_exists_at_a_first_look_only()
    {
        var to = Address();
        await Queue(product.Services).Send(Mail(to) with
        {
            Subject = "A <b>subject</b>",
            Text = "Go to https://bursar.test/invite/abc and smile",
        });
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(product.Address, "/mailbox"), TestContext.Current.CancellationToken);
        Assert.Contains(to, page, StringComparison.Ordinal);
        Assert.Contains("A &lt;b&gt;subject&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="https://bursar.test/invite/abc">""", page, StringComparison.Ordinal);

        using var forwarded = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Address, "/mailbox"));
        forwarded.Headers.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(forwarded, TestContext.Current.CancellationToken)).StatusCode);
        var (app, address) = await product.Serve(new MessageSettings(Mailbox: false));
        await using var _1 = app;
        using var production = await http.GetAsync(new Uri(address, "/mailbox"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, production.StatusCode);
    }

    private static MessageQueue Queue(WebApplication app) => Queue(app.Services);

    private static MessageQueue Queue(IServiceProvider services) => services.GetRequiredService<MessageQueue>();

    private sealed record Stored(string State, string? Content, int Tries, DateTimeOffset? Due, string? Error, DateTimeOffset CreatedAt);

    private async Task<Stored> Row(string to)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<Stored>(
            "select state, content, tries, due, error, created_at from bursar.messages where recipient = @to", new { to });
    }

    private async Task<Stored> Until(string to, string state, Func<Stored, bool>? also = null)
    {
        for (var i = 0; i < 200; i++)
        {
            var row = await Row(to);
            if (row.State == state && also?.Invoke(row) != false) return row;
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"not {state} after 10 s: {await Row(to)}");
    }

    private async Task Execute(string sql, string to)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { to });
    }

    private async Task<long> Count(string to)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from bursar.messages where recipient = @to", new { to });
    }
}
