using System.Threading.Channels;
using Bursar.Core.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bursar.Browser.Tests.Gallery;

/// <summary>
/// The real components, layouts and files, with pages that hold invented data. On a real port, so that a real browser comes.
/// </summary>
public sealed class GalleryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _sent;

    private GalleryHost(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";
    /// <summary>How often the server carried out a posted form.</summary>
    public int Sent => _sent;
    public Channel<string> News { get; } = Channel.CreateUnbounded<string>();

    public static async Task<GalleryHost> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting().AddDataProtection();
        builder.Services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        builder.Services.AddUi();
        builder.Services.AddSingleton<TimeProvider>(new FixedTime());
        foreach (var item in Items) builder.Services.AddSingleton(item);
        var app = builder.Build();
        var host = new GalleryHost(app);
        app.UseFrame();
        app.UseUi();
        app.Use(Fill);
        app.UseRouting();
        app.UseAntiforgery();
        app.MapUi();
        app.MapRazorComponents<Root>();
        app.MapPost("/{mode}/approvals/decision", host.Decide);
        app.MapPost("/{mode}/slow", host.Slow);
        app.MapGet("/{mode}/events", host.Events);
        await app.StartAsync();
        host.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return host;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Decide(HttpContext context, string mode, [FromForm] string? verdict)
    {
        Interlocked.Increment(ref _sent);
        Flash.Write(context, verdict == "reject" ? "Rejected" : "Approved and sent");
        return Results.LocalRedirect($"/{mode}/approvals");
    }

    private async Task<IResult> Slow(HttpContext context, string mode, [FromForm] string? amount)
    {
        Interlocked.Increment(ref _sent);
        await Task.Delay(400, context.RequestAborted);
        return Results.LocalRedirect($"/{mode}/home");
    }

    private IResult Events(CancellationToken stopping) => TypedResults.ServerSentEvents(News.Reader.ReadAllAsync(stopping));

    private static Task Fill(HttpContext context, RequestDelegate next)
    {
        var page = context.RequestServices.GetRequiredService<PageContext>();
        var path = context.Request.Path.Value ?? "";
        page.IsOperator = path.StartsWith("/operator", StringComparison.Ordinal);
        page.MemberName = "Sari Wibowo";
        page.RoleName = "Admin";
        page.May = Roles.Allows(context.Request.Query["role"] == "cs" ? Role.CustomerService : Role.Admin);
        page.WorkspaceName = "PT Nusantara Kopi";
        page.PendingApprovals = 5;
        page.Unread = 2;
        page.Bell = [new("5 approvals are waiting", "2 expire within the hour", page.To("approvals")),
            new("Callback failing: Money transfer", "14 deliveries returned 503 since 15:20 WIB", page.To("developers"))];
        page.OtherWorkspaces = [new("ws_2", "CV Kopi Retail")];
        if (path.StartsWith("/public", StringComparison.Ordinal)) page.WorkspaceName = "";
        else if (!page.IsOperator)
            page.Book = new BookKey(default, path.StartsWith("/test", StringComparison.Ordinal) ? Mode.Test : Mode.Live);
        return next(context);
    }

    private static readonly NavItem[] Items =
    [
        new("", 1, "Home", "home", "home", Permission.ViewTransactions),
        new("", 2, "Approvals", "approvals", "check-circle", Permission.ViewControls),
        new("Move money", 1, "Money transfer", "transfers", "send", Permission.ViewTransactions),
        new("Move money", 2, "International transfer", "international", "globe", Permission.ViewTransactions),
        new("Move money", 3, "Accept payment", "payments", "inbox", Permission.ViewTransactions),
        new("Move money", 4, "My deposit", "deposit", "wallet", Permission.ViewTransactions),
        new("Move money", 5, "Withdraw IDRT", "token", "coin", Permission.ViewTransactions),
        new("Agents", 1, "Policies", "agents", "shield", Permission.ViewControls),
        new("Agents", 2, "Logs", "logs", "list", Permission.ViewTransactions),
        new("Workspace", 1, "Document", "documents", "doc", Permission.DownloadReports),
        new("Workspace", 2, "Manage multi account", "team", "users", Permission.ManageMembers),
        new("Workspace", 3, "Developer", "developers", "code", Permission.ManageApi),
        new("Workspace", 4, "Settings", "settings", "gear", Permission.None),
        new("", 1, "Applications", "/operator", "inbox", Permission.None),
        new("", 2, "Workspaces", "/operator/workspaces", "building", Permission.None),
    ];

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => SampleTransfers.Now;
    }
}
