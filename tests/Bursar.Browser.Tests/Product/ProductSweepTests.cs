using Bursar.Browser.Tests.Harness;

namespace Bursar.Browser.Tests.Product;

/// <summary>Each page of money transfer, deposit and home, with real data, at both sizes and themes.</summary>
[Collection(ProductFixture.Name)]
public sealed class ProductSweepTests(RealBrowser browser, ProductFixture product)
{
    private const string Order = "bankCode=bca&accountNumber=5270994447&amount=1.250.000&remark=Invoice&recipientEmails=ap%40vendor.test";

    private static readonly (string Name, string Who, string Path, int Status)[] Pages =
    [
        ("p-home", "admin", "home", 200), ("p-home-7", "cs", "home?days=7", 200), ("p-home-90", "maker", "home?days=90", 200),
        ("p-transfers", "admin", "transfers", 200), ("p-transfers-cs", "cs", "transfers", 200),
        ("p-transfers-filtered", "admin",
            "transfers?search=a&state=processing&destinationType=bank&bankCode=bca&createdFrom=2026-01-01&createdVia=api&amountFrom=1.000",
            200),
        ("p-transfers-none", "reviewer", "transfers?search=nobody", 200),
        ("p-transfers-bad", "admin", "transfers?createdFrom=abc&state=xyz&amountFrom=1,5&after=zz&id=nothing", 200),
        ("p-drawer", "admin", "transfers?id={transfer}", 200), ("p-drawer-failed", "approver", "transfers?id={failed}", 200),
        ("p-batches", "admin", "transfers/batches", 200), ("p-batch-new", "maker", "transfers/batches/new", 200),
        ("p-batch-missing", "admin", "transfers/batches/nothing", 404),
        ("p-new", "maker", "transfers/new", 200), ("p-review", "maker", "transfers/new/review?" + Order, 200),
        ("p-review-poor", "admin", "transfers/new/review?bankCode=bca&accountNumber=5270990004&amount=900.000.000", 200),
        ("p-review-bad", "admin", "transfers/new/review?bankCode=bca&accountNumber=5270990005&amount=20.000", 200),
        ("p-banks", "admin", "transfers/banks", 200), ("p-banks-none", "cs", "transfers/banks?search=nobody", 200),
        ("p-beneficiaries", "admin", "transfers/beneficiaries", 200), ("p-beneficiary-new", "maker", "transfers/beneficiaries/new", 200),
        ("p-international", "admin", "international", 200), ("p-international-cs", "cs", "international?search=Greta", 200),
        ("p-international-none", "reviewer", "international?beneficiaryName=nobody&state=failed&createdFrom=2026-01-01", 200),
        ("p-international-missing", "admin", "international?id=nothing", 200), ("p-international-new", "maker", "international/new", 200),
        ("p-international-rates", "admin", "international/rates", 200),
        ("p-international-questions", "admin", "international/questions", 200),
        ("p-international-late", "maker", "international/new/details", 200),
        ("p-international-refused", "reviewer", "international/new", 403),
        ("p-deposit", "admin", "deposit", 200), ("p-deposit-cs", "cs", "deposit", 200),
        ("p-top-up", "deposit", "deposit/top-up", 200), ("p-top-up-pay", "deposit", "deposit/top-ups/{topup}", 200),
        ("p-top-up-paid", "reviewer", "deposit/top-ups/{paid}", 200), ("p-top-up-missing", "admin", "deposit/top-ups/nothing", 404),
        ("p-top-ups", "admin", "deposit/top-ups", 200), ("p-top-ups-none", "admin", "deposit/top-ups?state=mismatch", 200),
        ("p-ledger", "admin", "deposit/ledger", 200), ("p-ledger-then", "reviewer", "deposit/ledger?at=2026-01-01T00:00", 200),
        ("p-ledger-transfers", "admin", "deposit/ledger/transfers", 200),
        ("p-ledger-transfers-none", "admin", "deposit/ledger/transfers?reference=nothing&kind=post&account=xyz", 200),
        ("p-ledger-refused", "cs", "deposit/ledger", 403), ("p-day-proof", "admin", "deposit/reconciliation", 200),
        ("p-receipt-none", "cs", "transfers/{failed}/receipt", 409),
        ("p-refunds", "cs", "refunds", 200), ("p-refunds-none", "deposit", "refunds?state=failed&id=nothing", 200),
        ("p-refund-new", "cs", "refunds/new?resource={paid}", 200), ("p-refund-transfer", "admin", "refunds/new?resource={transfer}", 200),
        ("p-refunds-refused", "maker", "refunds", 403),
        ("p-refused", "reviewer", "transfers/new", 403),
        ("p-approvals", "approver", "approvals", 200), ("p-approvals-look", "reviewer", "approvals", 200),
        ("p-resolved", "admin", "approvals/resolved", 200),
        ("p-approvals-admin", "admin", "approvals?kind=money_transfer", 200),
            ("p-approvals-none", "admin", "approvals?agentId=nobody", 200),
        ("p-approval", "admin", "approvals?id={approval}", 200), ("p-approval-ask", "approver", "approvals?approve={approval}", 200),
        ("p-approval-missing", "admin", "approvals/resolved?id=nothing&state=expired", 200),
        ("p-keys", "developer", "developers", 200), ("p-callbacks", "developer", "developers/callbacks", 200),
        ("p-deliveries", "admin", "developers/deliveries", 200),
        ("p-reference", "developer", "developers/reference", 200),
        ("p-audit", "admin", "settings/audit", 200), ("p-audit-entry", "admin", "settings/audit?verify=1&id=2", 200),
        ("p-audit-none", "admin", "settings/audit?search=nobody-at-all", 200), ("p-audit-refused", "reviewer", "settings/audit", 403),
        ("p-delivery", "developer", "developers/deliveries/{delivery}", 200),
        ("p-delivery-missing", "developer", "developers/deliveries/nothing", 404),
        ("p-deliveries-none", "developer", "developers/deliveries?state=exhausted&createdFrom=2026-01-01", 200),
        ("p-ip-rules", "developer", "developers/ip-allowlist", 200), ("p-api-log", "developer", "developers/api-log", 200),
        ("p-events", "admin", "developers/events-feed", 200), ("p-doctor", "developer", "developers/webhook-doctor", 200),
        ("p-keys-refused", "maker", "developers", 403),
        ("p-policies", "reviewer", "agents/policies", 200), ("p-policy-new", "admin", "agents/policies/new", 200),
        ("p-policy-template", "admin", "agents/policies/new?template=keys", 200), ("p-policy", "admin", "agents/policies/{policy}", 200),
        ("p-policy-look", "reviewer", "agents/policies/{policy}", 200), ("p-policy-test", "admin", "agents/policies/{policy}/test", 200),
        ("p-policy-replay", "admin", "agents/policies/{policy}/replay", 200),
        ("p-policies-archived", "admin", "agents/policies?archived=true", 200),
        ("p-plan", "admin", "settings/plan", 200), ("p-policy-missing", "admin", "agents/policies/none", 404),
        ("p-handles", "developer", "agents/handles", 200), ("p-handles-admin", "admin", "agents/handles", 200),
        ("p-handle-new", "admin", "agents/handles/new", 200),
        ("p-handle-guard", "admin", "agents/handles/new?type=sdk_guard", 200),
        ("p-handle-executor", "admin", "agents/handles/new?type=external_executor", 200),
        ("p-handle-managed", "admin", "agents/handles/new?type=managed", 200),
        ("p-handle", "admin", "agents/handles/{handle}", 200), ("p-handle-missing", "admin", "agents/handles/nothing", 404),
        ("p-handles-refused", "maker", "agents/handles", 403),
        ("p-agents", "admin", "agents", 200), ("p-agent", "admin", "agents?id=ads-buyer", 200),
        ("p-agent-missing", "reviewer", "agents?id=nobody", 200), ("p-agents-refused", "cs", "agents", 403),
        ("p-logs", "admin", "logs", 200), ("p-logs-cs", "cs", "logs", 200),
        ("p-logs-filtered", "reviewer", "logs?agentId=ads-buyer&decision=DENY&anomaly=any&createdFrom=2026-01-01&amountFrom=1.000", 200),
        ("p-logs-bad", "admin", "logs?createdFrom=abc&decision=xyz&amountFrom=1,5&after=zz", 200),
        ("p-trace", "admin", "logs/{spend}", 200), ("p-trace-missing", "maker", "logs/nothing", 404),
        ("p-anomalies", "admin", "anomalies", 200), ("p-anomaly", "admin", "anomalies?id={anomaly}", 200),
        ("p-anomalies-none", "reviewer", "anomalies?agentId=nobody", 200),
        ("p-profile", "cs", "settings/profile", 200), ("p-security", "maker", "settings/security", 200),
        ("p-second-step-none", "maker", "settings/security/second-step", 200),
        ("p-workspace", "admin", "settings/workspace", 200), ("p-time", "admin", "settings/time", 200),
        ("p-notifications", "admin", "settings/notifications", 200), ("p-workspace-refused", "maker", "settings/workspace", 403),
        ("p-connector-keys", "admin", "settings/connector-keys", 200),
        ("p-connector-keys-refused", "reviewer", "settings/connector-keys", 403),
        ("p-team", "admin", "team", 200), ("p-roles", "admin", "team/roles", 200), ("p-team-refused", "maker", "team", 403),
    ];

    public static TheoryData<string> All() => [.. Pages.Select(p => p.Name)];

    public static TheoryData<string> OfAdmin() => [.. Pages.Where(p => p.Who == "admin").Select(p => p.Name)];

    [Theory, MemberData(nameof(OfAdmin))]
    public Task every_page_is_sound_in_indonesian(string name) => Check(name, "indonesia", name + "-id", [View.NarrowDark]);

    [Theory, MemberData(nameof(All))]
    public Task every_page_is_sound(string name) => Check(name, Pages.Single(p => p.Name == name).Who, name);

    private async Task Check(string name, string who, string screen, IReadOnlyList<View>? views = null)
    {
        var page = Pages.Single(p => p.Name == name);
        var path = "/test/" + page.Path.Replace("{transfer}", product.WaitingTransfer, StringComparison.Ordinal)
            .Replace("{failed}", product.FailedTransfer, StringComparison.Ordinal)
            .Replace("{topup}", product.WaitingTopUp, StringComparison.Ordinal)
            .Replace("{paid}", product.PaidTopUp, StringComparison.Ordinal)
            .Replace("{approval}", product.WaitingApproval, StringComparison.Ordinal)
            .Replace("{spend}", product.PaidSpend, StringComparison.Ordinal)
            .Replace("{anomaly}", product.OpenAnomaly, StringComparison.Ordinal)
            .Replace("{handle}", product.Handle, StringComparison.Ordinal)
            .Replace("{delivery}", product.Delivery, StringComparison.Ordinal)
            .Replace("{policy}", product.Policy, StringComparison.Ordinal);
        var member = await product.As(who);
        await Sweep.Check(browser, product.Address, path, [member.Cookie], screen, page.Status, views);
    }
}
