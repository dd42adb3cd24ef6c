using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;

namespace Bursar.Platform.Statements;

/// <summary>How an account's CSV statements are read, as it is saved with the account.</summary>
public sealed record CsvFormat(CsvMapping Mapping, StatementEncoding Encoding = StatementEncoding.Utf8);

/// <summary>
/// Takes a bank's statement file into the house book (PRODUCT L3), by the operator's page or by the verb: read whole and proved, booked in
/// one commit, its top-ups credited and its payments settled. One file at a time in each process bounds the memory.
/// </summary>
public sealed class ImportStatement(
    ReceivingAccounts accounts, House house, TopUpCandidates candidates, SentPayments payments, CreditMatches credit) : IDisposable
{
    /// <summary>A camt.053 line takes some 600 bytes; so many of the most lines fit.</summary>
    public const int BytesMax = 32 * 1024 * 1024;
    public const int LinesMax = 50_000;
    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>What a person says of the file; balances in minor units where the file does not tell them.</summary>
    public sealed record Request(Mode Mode, string Account, StatementFormat Format, string FileName)
    {
        public long? Opening { get; init; }
        public long? Closing { get; init; }
    }

    public async Task<Result<StatementImported>> Handle(Actor actor, Request request, Stream content, long length)
    {
        if (await accounts.Find(request.Mode, request.Account) is not { } account)
            return Errors.Field("/account", "unknown", "There is no such receiving account.");
        if (PlainText.Problem(request.FileName, 1, 200) is { } name) return Errors.Field("/file", "invalid", name);
        await one.WaitAsync();
        try
        {
            await house.Open(account);
            var answer = await Import(actor, request, account, content, length);
            // A file that was refused is a fact too.
            if (!answer.Ok)
                await house.Submit(new RecordFact(actor, "statement.refused", House.Id.Value,
                    new { account.Account, request.FileName, reason = answer.Error.Detail }));
            return answer;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<Result<StatementImported>> Import(
        Actor actor, Request request, ReceivingAccount account, Stream content, long length)
    {
        if (length > BytesMax) return Refused(FaultCodes.FileTooLarge, 0, 0, $"A statement file holds up to {BytesMax} bytes.");
        var csv = account.CsvFormat is { } saved ? Json.Read<CsvFormat>(saved) : null;
        var source = new StatementSource(request.Format, account.Account, Currency.Idr)
        {
            Mapping = csv?.Mapping,
            Encoding = csv?.Encoding ?? StatementEncoding.Utf8,
            Opening = request.Opening,
            Closing = request.Closing,
        };
        if (!StatementFiles.TryRead(content, source, out var file, out var fault))
            return Refused(fault.Code, fault.Line, fault.Column, fault.Said);
        var lines = file.Lines.ToList();
        if (lines.Count > LinesMax)
            return Refused(FaultCodes.TooManyRows, lines[LinesMax].Row, 1, $"A file holds up to {LinesMax} lines.");
        var answer = await house.Submit(new BookStatement(actor, new ReadStatement(account, file, request.FileName, request.Format)
        {
            Candidates = lines.Count == 0 ? [] : await candidates.Of(
                request.Mode, account.Account, lines.Min(l => l.BookedOn), lines.Max(l => l.BookedOn)),
            Payments = await payments.NamedBy(request.Mode, lines),
        }));
        if (!answer.Ok) return answer.Error;
        await credit.All(request.Mode);
        return answer.Value.Value;
    }

    /// <summary>The whole file is refused: why (docs/statements.md), and at which line and character of it.</summary>
    public static Error Refused(string reason, int line, int column, Phrase said) =>
        new Error(Errors.FileRejected, line == 0 ? said : (Phrase)$"Line {line}: {said}")
            .With("reason", reason).With("line", line).With("column", column);

    public void Dispose() => one.Dispose();
}
