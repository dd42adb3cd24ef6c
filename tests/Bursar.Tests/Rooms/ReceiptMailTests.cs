using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Platform.Messages;
using Bursar.Tests.Given;
using Bursar.Tests.Messages;
using Dapper;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>Receipts that arrive as a PDF: through a real mail server, read back by a reader of PDF that is not ours.</summary>
public sealed class ReceiptMailTests(Product shared)
{
    [Fact]
    public async Task the_mail_brings_the_receipt_itself_and_nothing_of_it_stays_behind()
    {
        await using var server = new MailServer();
        await using var product = await Sending(server);
        var (w, sent, to) = await Paid(product);
        var mail = await Arrived(server, to);
        Assert.Contains($"receipt-{sent}.pdf", mail);
        var pdf = Attached(mail);
        PdfReader.Check(pdf);
        var text = PdfReader.Text(pdf).Replace('\u00A0', ' ');
        foreach (var fact in new[] { "[Test] Bukti transfer", "Rp 250.000", "5270997481", "Bank Central Asia", "Invoice (22)", sent })
            Assert.Contains(fact, text);
        // Whoever reads it is a stranger.
        foreach (var inside in new[] { "2.500", "simulator", "inv-22", "Ada Admin", to }) Assert.DoesNotContain(inside, text);
        Assert.Equal(pdf, await w.Api.File($"/v1/transfers/{sent}/receipt.pdf"));
        Assert.Equal(("sent", null, null), await Row(product, to, r => r.State == "sent"));
    }

    [Fact]
    public async Task what_came_back_while_the_mail_waited_says_so_in_its_file()
    {
        await using var server = new MailServer { Refusal = "450 busy" };
        await using var product = await Sending(server);
        var (w, sent, to) = await Paid(product);
        for (var i = 0; i < 200 && server.Tries == 0; i++) await Task.Delay(50);
        await Row(product, to, r => r.Error is not null);
        (await w.Api.Post($"/v1/test/disbursements/{sent}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        server.Refusal = null;
        await using (var connection = await product.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken))
            await connection.ExecuteAsync("update bursar.messages set due = created_at where recipient = @to", new { to });
        Assert.Contains("Kembali pada", PdfReader.Text(Attached(await Arrived(server, to))));
    }

    [Fact]
    public async Task nobody_is_told_of_a_payment_that_came_back_first()
    {
        var (w, sent, to) = await Paid(shared);
        for (var i = 0; i < 200 && (await shared.MessagesTo(to)).Count == 0; i++) await Task.Delay(50);
        (await w.Api.Post($"/v1/test/disbursements/{sent}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        // As if the worker had been away meanwhile.
        await using var connection = await shared.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await connection.ExecuteAsync("""
            with told as (delete from bursar.messages where recipient = @to returning 1)
            insert into bursar.outbox (workspace_id, mode, position, consumer, subject, due)
            select workspace_id, mode, position, 20, subject, now() from bursar.journal, told
            where workspace_id = @workspace and type = 'transfer.succeeded'
            """, new { to, workspace = w.Book.Workspace.Value }));
        for (var i = 0; i < 200 && await Waits() > 0; i++) await Task.Delay(50);
        Assert.Equal(0, await Waits());
        Assert.Empty(await shared.MessagesTo(to));

        Task<long> Waits() => connection.ExecuteScalarAsync<long>(
            "select count(*) from bursar.outbox where workspace_id = @workspace and consumer = 20",
            new { workspace = w.Book.Workspace.Value });
    }

    [Fact]
    public async Task the_mailbox_of_a_first_look_links_to_the_file_for_this_machine_only()
    {
        var (w, sent, to) = await Paid(shared);
        for (var i = 0; i < 200 && (await shared.MessagesTo(to)).Count == 0; i++) await Task.Delay(50);
        var page = (await new Client(shared.Address, null).Get($"/mailbox?to={to}")).Is(HttpStatusCode.OK).Body;
        var link = Regex.Match(page, @"/mailbox/[0-9a-f-]{36}/file\.pdf").Value;
        var client = new Client(shared.Address, null);
        Assert.Equal(await w.Api.File($"/v1/transfers/{sent}/receipt.pdf"), await client.File(link));
        (await client.Get($"/mailbox/{Guid.CreateVersion7()}/file.pdf")).Is(HttpStatusCode.NotFound);
        (await client.Get("/mailbox/nothing/file.pdf")).Is(HttpStatusCode.NotFound);
        (await client.Raw(HttpMethod.Get, link, "", headers: new Dictionary<string, string> { ["X-Forwarded-For"] = "203.0.113.7" }))
            .Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_file_that_mail_servers_would_refuse_stays_behind()
    {
        var files = new MailFiles([new Maker(2 * 1024 * 1024, "fits"), new Maker(2 * 1024 * 1024 + 1, "large")]);
        Assert.NotNull(await files.Make(new MailFileOf("fits", default, default)));
        Assert.Null(await files.Make(new MailFileOf("large", default, default)));
        var named = new MailFileOf("fits", new BookKey(new(Guid.CreateVersion7()), Mode.Live), Guid.CreateVersion7());
        Assert.Equal(named, MailFileOf.Parse(named.ToString()));
    }

    private static async Task<Product> Sending(MailServer server)
    {
        var product = new Product
        {
            Messages = new MessageSettings(
                Mailbox: false, new SmtpSettings("127.0.0.1", server.Port, "bursar@example.test", null, null, Tls: false)),
        };
        await product.InitializeAsync();
        return product;
    }

    /// <summary>A transfer of a workspace that writes Indonesian, and whom its receipt is mailed to.</summary>
    private static async Task<(Workspace W, string Transfer, string To)> Paid(Product product)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await (await w.AdminSession()).Patch("/v1/workspace", new { language = "id" })).Is(HttpStatusCode.OK);
        var to = $"payee{Guid.CreateVersion7():N}@example.test";
        var sent = (await w.Api.Post("/v1/transfers", new
        {
            amount = 250_000, bankCode = "bca", accountNumber = "5270997481", remark = "Invoice (22)", reference = "inv-22",
            recipientEmails = new[] { to },
        })).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(sent, "succeeded");
        return (w, sent, to);
    }

    private static async Task<string> Arrived(MailServer server, string to)
    {
        for (var i = 0; i < 400; i++)
        {
            if (server.Mails.FirstOrDefault(m => m.Contains($"To: {to}", StringComparison.Ordinal)) is { } mail) return mail;
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"no mail for {to} after 20 s");
    }

    /// <summary>The part of the mail that is a PDF.</summary>
    private static byte[] Attached(string mail)
    {
        var boundary = Regex.Match(mail, "boundary=\"?([^\"\n;]+)").Groups[1].Value;
        var part = Assert.Single(mail.Split($"--{boundary}"), p => p.Contains("application/pdf", StringComparison.Ordinal)
            && p.Contains("\n\n", StringComparison.Ordinal) && !p.Contains("multipart", StringComparison.Ordinal));
        Assert.Contains("base64", part);
        return Convert.FromBase64String(part[(part.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
    }

    private static async Task<(string, string?, string?)> Row(Product product, string to, Func<Kept, bool> until)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        for (var i = 0; i < 200; i++)
        {
            var row = await connection.QuerySingleAsync<Kept>(
                "select state, content, file, error from bursar.messages where recipient = @to", new { to });
            if (until(row)) return (row.State, row.Content, row.File);
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"the message to {to} is not there yet");
    }

    private sealed record Kept
    {
        public required string State { get; init; }
        public string? Content { get; init; }
        public string? File { get; init; }
        public string? Error { get; init; }
    }

    private sealed class Maker(int size, string kind) : IMailFileMaker
    {
        public string Kind => kind;

        public Task<MailFile?> Make(BookKey book, Guid subject) => Task.FromResult<MailFile?>(new MailFile("file", new byte[size]));
    }
}
