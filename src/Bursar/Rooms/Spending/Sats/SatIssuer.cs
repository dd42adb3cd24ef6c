using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Signing;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>Signs tokens for authorizations. What is signed is decided elsewhere, under the book's lock.</summary>
public sealed class SatIssuer(SatKeys keys, MessageSettings settings)
{
    /// <summary>
    /// The <c>iss</c> of every token: BURSAR_PUBLIC_URL, else a word, because processes that share a database must agree on it.
    /// </summary>
    public string Issuer => settings.PublicUrl ?? "bursar";

    /// <summary>What signs now. Take it before anything is booked: after that nothing may fail any more.</summary>
    public async ValueTask<SatPen> Pen(Mode mode) => new(await keys.Signing(mode), Issuer);
}

/// <summary>A key ready to sign, without asking anybody.</summary>
public sealed record SatPen(SatKey Key, string Issuer)
{
    public string Sign(SatTerms terms, SatTimes times) => Jws.Sign(Key.Key, Key.Header, terms.Claims(Issuer, times).Write());
}

/// <summary>An authorization as its tokens tell it: the same each time but for their times.</summary>
public sealed record SatTerms(BookKey Book, Disbursement Spend, IReadOnlyList<PolicyInput> Policies)
{
    public static SatTerms Of(BookKey book, Disbursement spend) => new(book, spend, spend.Decision.Inputs);

    public static SatTimes? TimesOf(Disbursement spend, DateTimeOffset at) =>
        spend.AuthorizedUntil is { } until ? SatTimes.Drawn(at, SpendDetail.Of(spend).SatSeconds, until) : null;

    public SatClaims Claims(string issuer, SatTimes times) => new()
    {
        Iss = issuer,
        Sub = Spend.AgentId!,
        Aud = new(Spend.HandleId!.Value),
        // One authorization, one token id: it is the spend request's own.
        Jti = new(Spend.Id),
        Iat = times.From,
        Nbf = times.From,
        Exp = times.Until,
        Ver = SatClaims.CurrentVersion,
        WorkspaceId = Book.Workspace,
        Mode = Book.Mode,
        SpendRequestId = new(Spend.Id),
        Amount = Spend.Amount,
        Currency = Spend.Currency,
        Merchant = Spend.Merchant!,
        ContentHash = Spend.ContentHash,
        PolicyVersions = [.. Policies.Select(p => new PolicyVersion(p.Policy, p.Version))],
        ApprovalId = Spend.ApprovalId is { } approval ? new ApprovalId(approval) : null,
    };
}
