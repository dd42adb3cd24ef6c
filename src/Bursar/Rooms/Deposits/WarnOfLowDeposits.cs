using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Ledger;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;
using Dapper;

namespace Bursar.Rooms.Deposits;

/// <summary>
/// E-mails the workspace when a deposit's available money has fallen below its alert: once, and again only after it was above (PRODUCT W8).
/// A book that never held money has nothing to fall from.
/// </summary>
public sealed class WarnOfLowDeposits(Database database, MessageQueue messages, SiteAddress site, TimeProvider time)
    : PeriodicPass("warning of low deposits", TimeSpan.FromSeconds(5), time)
{
    private const int AtOnce = 100;

    private const string Deposits = $"""
        with deposits as (
            select a.workspace_id, a.mode, w.name, a.credits_posted - a.debits_posted - a.debits_pending as available,
                w.low_deposit_alert as alert, {NotificationAddress.OfW} as email
            from workspaces w join accounts a on a.workspace_id = w.workspace_id and a.code = @code and a.credits_posted > 0
            where w.low_deposit_alert is not null)
        """;

    protected override async Task Pass(CancellationToken ct)
    {
        while (await Forget(ct) == AtOnce || await Warn(ct) == AtOnce) ct.ThrowIfCancellationRequested();
    }

    private async Task<int> Forget(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync($"""
            {Deposits}
            delete from low_deposit_warnings where (workspace_id, mode) in (
                select x.workspace_id, x.mode from low_deposit_warnings x where not exists (
                    select from deposits d where d.workspace_id = x.workspace_id and d.mode = x.mode and d.available < d.alert)
                limit @AtOnce)
            """, new { code = (short)AccountCode.Deposit, AtOnce });
    }

    private async Task<int> Warn(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var low = (await connection.QueryAsync<Low>($"""
            {Deposits},
            warned as (
                insert into low_deposit_warnings
                select workspace_id, mode, @now from deposits d where available < alert and email is not null and not exists (
                    select from low_deposit_warnings x where x.workspace_id = d.workspace_id and x.mode = d.mode)
                limit @AtOnce
                on conflict do nothing returning workspace_id, mode)
            select d.* from deposits d join warned using (workspace_id, mode)
            """, new { now = Time.NowMicros(), code = (short)AccountCode.Deposit, AtOnce })).AsList();
        foreach (var d in low) await messages.Send(connection, Message(d, await Readers.Of(connection, d.Email, new(d.WorkspaceId))));
        await transaction.CommitAsync(ct);
        return low.Count;
    }

    private OutgoingMessage Message(Low d, Language language)
    {
        var mode = (Mode)d.Mode;
        var (available, alert) = (MoneyText.Full(Money.Idr(d.Available)), MoneyText.Full(Money.Idr(d.Alert)));
        var subject = (mode == Mode.Test ? "[Test] " : "") + language.Say($"{d.Name}: the deposit is low");
        return OutgoingMessage.Mail(language, d.Email, subject, $"""
            {d.Name} has {available} available in its deposit, less than the {alert} you wanted to be warned at.

            Top up: {site.To($"/{PageContext.ModeSegment(mode)}/deposit/top-up")}
            """);
    }

    private sealed record Low
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public required string Name { get; init; }
        public long Available { get; init; }
        public long Alert { get; init; }
        public required string Email { get; init; }
    }
}
