using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Documents;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.International;
using Bursar.Rooms.Payouts.Transfers;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Payouts.Evidence;

/// <summary>The evidence for people: the same facts as the JSON, in its words where codes name something that others look up.</summary>
public static class EvidencePdf
{
    public static byte[] Of(EvidencePack<Transfer> e, Letterhead from, Mode mode)
    {
        var t = e.Transfer;
        return Written(e, from, mode, t.Id.ToString(), [
            (T("Status"), TransferWords.Status(t)), (T("Amount"), MoneyText.Full(Money.Idr(t.Amount))),
            (T("Fee"), MoneyText.Full(Money.Idr(t.Fee))), (T("Recipient"), t.RecipientName), (T("Bank"), TransferWords.Bank(t.BankCode)),
            (T("Account Number"), t.AccountNumber), (T("Remark"), t.Remark), (T("Reference"), t.Reference),
            (T("Failure"), t.FailureReason is null ? null : TransferWords.Failure(t.FailureReason)),
        ], t.CreatedAt, t.CompletedAt);
    }

    public static byte[] Of(EvidencePack<InternationalTransfer> e, Letterhead from, Mode mode)
    {
        var t = e.Transfer;
        return Written(e, from, mode, t.Id.ToString(), [
            (T("Status"), InternationalWords.Status(t)), (T("Amount Sent"), MoneyText.Full(Money.Idr(t.AmountSent))),
            (T("Amount Received"), MoneyText.Full(InternationalWords.Received(t))),
            (T("Rate"), RateText.Of(t.CurrencyReceived, t.Rate)), (T("Fee"), MoneyText.Full(Money.Idr(t.Fee))),
            (T("Beneficiary Name"), t.BeneficiaryName), (T("Beneficiary Country"), InternationalWords.Country(t.BeneficiaryCountry)),
            (T("Bank"), t.BeneficiaryBank), (T("Account Number"), t.AccountNumber), (T("Remark"), t.Remark), (T("Reference"), t.Reference),
            (T("Failure"), t.FailureReason is null ? null : InternationalWords.Failure(t.FailureReason)),
        ], t.CreatedAt, t.CompletedAt);
    }

    private static byte[] Written<TTransfer>(
        EvidencePack<TTransfer> e, Letterhead from, Mode mode, string id, IEnumerable<(string Label, string? Value)> facts,
        DateTimeOffset createdAt, DateTimeOffset? completedAt)
    {
        var title = T("Evidence of a transfer");
        var document = new PdfDocument($"{title} {id}", Current.Code, e.MadeAt)
            .Letterhead(from.Picture, from.Lines)
            .Heading(Letterhead.Headed(title, mode))
            .Facts([
                (T("Transaction ID"), id), .. facts, (T("Maker Name"), e.Maker.Name),
                (T("Created via"), T(e.Maker.Via == "api" ? "API" : "Dashboard")), (T("Created Date"), Moment(createdAt)),
                (T("Completed Date"), completedAt is { } done ? Moment(done) : null), (T("Content hash"), e.ContentHash),
                (T("Made on"), Moment(e.MadeAt)),
            ])
            .Part(T("What the policies said"))
            .Facts([(T("Decision"), T(ExplainText.Word(e.Decision.Verdict.ToUpperInvariant()).Word)),
                (T("Reason"), T(ExplainText.Reason(e.Decision.Reason)))]);
        if (e.Decision.Rules.Count > 0)
            document.Table(
                [new(T("Policy"), 42), new(T("Rule"), 22), new(T("Outcome"), 12), new(T("Limit"), 12, true), new(T("Used"), 12, true)],
                e.Decision.Rules.Select(r => (IReadOnlyList<string>)
                [
                r.PolicyId.ToString(), T(ExplainText.Rule(r.Rule)), T(ExplainText.Outcome(r.Outcome)), Figure(r.Limit), Figure(r.Used),
            ]));
        document.Part(T("Approvals"));
        if (e.Approvals.Count == 0) document.Text(T("No rule asked for approval"));
        foreach (var a in e.Approvals)
            document.Facts([
                (T("Approval ID"), a.Id.ToString()), (T("Status"), T(StateWord.Of(Thing.Approval, Json.Name(a.State)).Word)),
                (T("Requested by"), $"{a.RequestedBy}, {Moment(a.RequestedAt)}"),
                (T("Approvals"), T($"{a.ApprovedBy.Count(v => !v.Lapsed)} of {a.Quorum}") + string.Concat(a.ApprovedBy.Select(v =>
                    $"\n{v.Name}, {Moment(v.At)}"))),
                (T("Decided by"), a.ResolvedAt is { } end ? $"{a.ResolvedBy}, {Moment(end)}" : null), (T("Note"), a.Note),
                (T("Content hash"), a.ContentHash),
            ]);
        document.Part(T("Sent to the bank"));
        if (e.Attempts.Count == 0) document.Text(T("It was not sent."));
        else document.Table(
            [new(T("Rail"), 16), new(T("Sent"), 24), new(T("Answer"), 16), new(T("Answered"), 24), new(T("Reference"), 20)],
            e.Attempts.Select(a => (IReadOnlyList<string>)
            [
                a.Rail, Precise(a.StartedAt), a.Reason ?? a.State, a.AnsweredAt is { } back ? Precise(back) : "–",
                a.ProviderReference ?? "–",
            ]));
        if (e.Questions.Count > 0) document.Part(T("Questions"));
        foreach (var q in e.Questions)
            document.Facts([
                (T("Question"), $"{q.Question}\n{Moment(q.AskedAt)}"),
                (T("Answer"), q.Answer is null ? "–" : $"{q.Answer}\n{q.AnsweredBy}, {Moment(q.AnsweredAt!.Value)}"),
                (T("Attachments"), q.Files.Count == 0 ? null : string.Join('\n', q.Files)),
            ]);
        document.Part(T("Ledger"));
        if (e.Ledger.Count == 0) document.Text(T("It holds nothing of it."));
        else document.Table(
            [new(T("Booked"), 26), new(T("Kind"), 14), new(T("Debit"), 20), new(T("Credit"), 20), new(T("Amount"), 20, true)],
            e.Ledger.Select(l => (IReadOnlyList<string>)
                [Precise(l.BookedAt), l.Kind, l.Debit, l.Credit, MoneyText.Full(Money.Idr(l.Amount))]));
        return document.Part(T("Journal")).Table(
            [new(T("Position"), 10), new(T("Booked"), 22), new(T("Type"), 20), new(T("Who"), 16), new(T("Hash"), 32)],
            e.Journal.Select(j => (IReadOnlyList<string>)
                [j.Position.ToString(CultureInfo.InvariantCulture), Precise(j.At), j.Type, j.By, j.Hash])).Bytes();

        string Moment(DateTimeOffset at) => $"{from.Zone.Long(at, from.Times)} {from.Zone.Name(at)}";
    }

    private static string Figure(long? figure) => figure is { } n ? n.ToString(CultureInfo.InvariantCulture) : "–";

    /// <summary>As the API writes it, so that both can be laid side by side.</summary>
    private static string Precise(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
