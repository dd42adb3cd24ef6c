using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Dapper;

namespace Bursar.Rooms.Workspaces;

/// <summary>The company as invoices, receipts and the checkout name it. What was never given is empty.</summary>
public sealed record CompanyProfile(string LegalName = "", string Address = "", string TaxNumber = "", string ContactEmail = "",
    string ContactPhone = "");

/// <summary>Where collected money is settled to; <paramref name="HolderName"/> is what the bank said when the account was given.</summary>
public sealed record SettlementAccount(string BankCode, string AccountNumber, string HolderName);

public sealed record NewSettlementAccount(string BankCode, string AccountNumber);

/// <summary>
/// GET /v1/workspace. <paramref name="LowDepositAlert"/> in whole rupiah: below it an e-mail warns.
/// <paramref name="NotificationEmail"/> null
/// means the Admin who was here first.
/// </summary>
public sealed record WorkspaceResource(
    WorkspaceId Id, string Name, string Plan, bool LiveActive, string Zone, TimeFormat Time, string Language, CompanyProfile Profile,
    string? NotificationEmail, long? LowDepositAlert, SettlementAccount? SettlementAccount, bool SeparationOfDuties,
    bool ApiTransfersNeedApproval, bool ApiTwinsNeedApproval, bool PageMoneyNeedsCode, DateTimeOffset CreatedAt);

/// <summary>PATCH /v1/workspace: what is absent stays. An empty e-mail and a low-deposit alert of 0 clear theirs.</summary>
public sealed record WorkspaceChange(
    string? Name = null, string? Zone = null, TimeFormat? Time = null, string? Language = null, CompanyProfile? Profile = null,
    string? NotificationEmail = null, long? LowDepositAlert = null, NewSettlementAccount? SettlementAccount = null,
    bool? SeparationOfDuties = null, bool? ApiTransfersNeedApproval = null, bool? PageMoneyNeedsCode = null,
    bool? ApiTwinsNeedApproval = null);

/// <summary>
/// The company's settings (PRODUCT W8). Zone and switches hold for the very next decision; every change is in the journal, before and
/// after.
/// </summary>
public sealed class WorkspaceSettings(Database database, ControlChanges changes, IAccountHolders holders)
{
    private const long AlertMax = 1_000_000_000_000;

    public async Task<Result<WorkspaceResource>> Of(Actor actor)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        return (await database.One<Row>(actor.Book, Select, new { workspace = actor.Book.Workspace.Value }))!.Resource();
    }

    public async Task<Result<WorkspaceResource>> Change(Actor actor, WorkspaceChange change)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        if (change.SeparationOfDuties is not null
            && actor.Require(Proof.Password, "switch the separation of duties") is { } unproved) return unproved;
        if (change.PageMoneyNeedsCode is not null
            && actor.Require(Proof.Password, "change who is asked for a code") is { } open) return open;
        if (change.SettlementAccount is not null
            && actor.Require(Proof.Password, "change the settlement account") is { } settle) return settle;
        if (Problems(change) is { Length: > 0 } problems) return Errors.Invalid(problems);
        var account = await Settlement(actor, change.SettlementAccount);
        if (!account.Ok) return account.Error;
        return await changes.Apply(actor, Permission.AccountSettings, bothModes: true, async scope =>
        {
            var before = (await scope.Query<Row>(Select)).Single().Resource();
            var after = Changed(before, change, account.Value);
            await scope.Execute("""
                update workspaces set name = @Name, zone = @Zone, date_order = @order, clock_hours = @Hours, week_start = @week,
                    language = @Language,
                    profile = @profile::jsonb, notification_email = @NotificationEmail, low_deposit_alert = @LowDepositAlert,
                    settlement_account = @settlement::jsonb, separation_of_duties = @SeparationOfDuties,
                    api_transfers_need_approval = @ApiTransfersNeedApproval, api_twins_need_approval = @ApiTwinsNeedApproval,
                    page_money_needs_code = @PageMoneyNeedsCode
                where workspace_id = @workspace
                """, new
            {
                after.Name,
                after.Zone,
                order = Json.Name(after.Time.DateOrder),
                after.Time.Hours,
                week = Json.Name(after.Time.WeekStart),
                after.Language,
                profile = Json.Write(after.Profile),
                after.NotificationEmail,
                after.LowDepositAlert,
                settlement = after.SettlementAccount is { } s ? Json.Write(s) : null,
                after.SeparationOfDuties,
                after.ApiTransfersNeedApproval,
                after.ApiTwinsNeedApproval,
                after.PageMoneyNeedsCode,
            });
            scope.Book.Record("workspace.changed", after.Id.Value, 1, new { before, after });
            return (Result<WorkspaceResource>)after;
        });
    }

    private static FieldError[] Problems(WorkspaceChange change)
    {
        var errors = new List<FieldError>();
        Check("/name", change.Name, 1, 80);
        if (change.Zone is not null && Zones.Find(change.Zone) is { Ok: false } zone) errors.AddRange(zone.Error.Fields);
        if (change.Time is { Hours: not (12 or 24) }) errors.Add(new("/time/hours", "invalid", "12 or 24."));
        if (change.Language is not null && Language.Find(change.Language) is null) errors.Add(new("/language", "invalid", "en or id."));
        if (change.NotificationEmail is { Length: > 0 } email && PlainText.Email(email) is null)
            errors.Add(new("/notificationEmail", "invalid", "This is no e-mail address."));
        if (change.LowDepositAlert is < 0 or > AlertMax)
            errors.Add(new("/lowDepositAlert", "out_of_range", "0 to 1,000,000,000,000 rupiah."));
        if (change.Profile is { } p)
        {
            Check("/profile/legalName", p.LegalName, 0, 120);
            Check("/profile/address", p.Address, 0, 300);
            Check("/profile/taxNumber", p.TaxNumber, 0, 30);
            Check("/profile/contactPhone", p.ContactPhone, 0, 30);
            if (p.ContactEmail.Length > 0 && PlainText.Email(p.ContactEmail) is null)
                errors.Add(new("/profile/contactEmail", "invalid", "This is no e-mail address."));
        }
        return [.. errors];

        void Check(string field, string? text, int min, int max)
        {
            if (text is not null && PlainText.Problem(text, min, max) is { } problem) errors.Add(new(field, "invalid", problem));
        }
    }

    /// <summary>The account with its holder's name as the bank tells it; null when none was asked for.</summary>
    private async Task<Result<SettlementAccount?>> Settlement(Actor actor, NewSettlementAccount? wanted)
    {
        if (wanted is null) return (SettlementAccount?)null;
        if (Banks.Find(wanted.BankCode) is not { Kind: not "e_wallet" })
            return Errors.Field("/settlementAccount/bankCode", "unknown", "Choose a bank.");
        if (wanted.AccountNumber.Length is < 4 or > 30 || !wanted.AccountNumber.All(char.IsAsciiDigit))
            return Errors.Field("/settlementAccount/accountNumber", "invalid", "4 to 30 digits.");
        var told = await holders.Look(
            actor, Permission.AccountSettings, DisbursementKind.MoneyTransfer, wanted.BankCode, wanted.AccountNumber);
        if (!told.Ok) return told.Error;
        return told.Value switch
        {
            { Status: InquiryStatus.Success, AccountHolder: { } holder } =>
                new SettlementAccount(wanted.BankCode, wanted.AccountNumber, holder),
            { Status: InquiryStatus.Pending } => Errors.Field("/settlementAccount/accountNumber", "beneficiary_invalid",
                "The bank has not told whose account this is. Try again later."),
            _ => Errors.Field("/settlementAccount/accountNumber", "beneficiary_invalid", "The bank does not confirm this account."),
        };
    }

    private static WorkspaceResource Changed(WorkspaceResource w, WorkspaceChange c, SettlementAccount? account) => w with
    {
        Name = c.Name ?? w.Name,
        Zone = c.Zone ?? w.Zone,
        Time = c.Time ?? w.Time,
        Language = c.Language ?? w.Language,
        Profile = c.Profile ?? w.Profile,
        NotificationEmail = c.NotificationEmail is null ? w.NotificationEmail : PlainText.Email(c.NotificationEmail),
        LowDepositAlert = c.LowDepositAlert is null ? w.LowDepositAlert : c.LowDepositAlert == 0 ? null : c.LowDepositAlert,
        SettlementAccount = account ?? w.SettlementAccount,
        SeparationOfDuties = c.SeparationOfDuties ?? w.SeparationOfDuties,
        ApiTransfersNeedApproval = c.ApiTransfersNeedApproval ?? w.ApiTransfersNeedApproval,
        ApiTwinsNeedApproval = c.ApiTwinsNeedApproval ?? w.ApiTwinsNeedApproval,
        PageMoneyNeedsCode = c.PageMoneyNeedsCode ?? w.PageMoneyNeedsCode,
    };

    private const string Select = """
        select workspace_id, name, plan, live_active, zone, date_order, clock_hours, week_start, language, profile::text as profile,
            notification_email, low_deposit_alert, settlement_account::text as settlement_account, separation_of_duties,
            api_transfers_need_approval, api_twins_need_approval, page_money_needs_code, created_at
        from workspaces where workspace_id = @workspace
        """;

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public required string Name { get; init; }
        public required string Plan { get; init; }
        public bool LiveActive { get; init; }
        public required string Zone { get; init; }
        public required string DateOrder { get; init; }
        public int ClockHours { get; init; }
        public required string WeekStart { get; init; }
        public required string Language { get; init; }
        public required string Profile { get; init; }
        public string? NotificationEmail { get; init; }
        public long? LowDepositAlert { get; init; }
        public string? SettlementAccount { get; init; }
        public bool SeparationOfDuties { get; init; }
        public bool ApiTransfersNeedApproval { get; init; }
        public bool ApiTwinsNeedApproval { get; init; }
        public bool PageMoneyNeedsCode { get; init; }
        public DateTimeOffset CreatedAt { get; init; }

        public WorkspaceResource Resource() => new(
            new(WorkspaceId), Name, Plan, LiveActive, Zone,
                new TimeFormat(Json.Parse<DateOrder>(DateOrder), ClockHours, Json.Parse<WeekStart>(WeekStart)),
            Language, Json.Read<CompanyProfile>(Profile), NotificationEmail, LowDepositAlert,
            SettlementAccount is null ? null : Json.Read<SettlementAccount>(SettlementAccount), SeparationOfDuties,
                ApiTransfersNeedApproval, ApiTwinsNeedApproval, PageMoneyNeedsCode, CreatedAt);
    }
}
