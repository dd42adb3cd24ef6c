namespace Bursar.Core.Statements;

/// <summary>
/// SWIFT MT940, by the field list of the category 9 standard: 20, 21, 25, 28C, 60F or 60M, (61, 86) repeated, 62F or 62M, 64, 65,
/// 86. Several messages and pages in a file follow each other.
/// </summary>
internal sealed class Mt940Statements(CharSource characters, StatementChain chain)
{
    private readonly Mt940Fields fields = new(characters);
    private Message? open;
    private StatementLine? pending;

    public void Read()
    {
        while (fields.Read() is { } field) Take(field);
        if (open is { Closed: false })
            StatementRefused.Throw(FaultCodes.BadStructure, open.At, "The file ends before this statement's closing balance.");
    }

    private void Take(Mt940Field field)
    {
        if (field.Tag == "20") Begin(field);
        else if (field.Tag == "-") End(field);
        else if (open is null) Misplaced(field);
        else Inside(open, field);
    }

    private void Begin(Mt940Field field)
    {
        if (open is { Closed: false })
            StatementRefused.Throw(FaultCodes.BadStructure, field.At, "A statement begins before the one above has its closing balance.");
        open = new Message(field.At, field.Lines[0].Trim());
    }

    private void End(Mt940Field field)
    {
        if (open is { Closed: false })
            StatementRefused.Throw(FaultCodes.BadStructure, field.At, "The message ends before the statement's closing balance.");
        open = null;
    }

    private void Inside(Message message, Mt940Field field)
    {
        switch (field.Tag)
        {
            case "21" or "NS" or "13" or "13D": break;
            case "25" or "25P" when message.Account is null:
                message.Account = field.Lines[0].Trim();
                chain.CheckAccount(message.Account, field.TextAt);
                break;
            case "28" or "28C" when message.Opening is null: message.Number = field.Lines[0].Trim(); break;
            case "60F" or "60M" when message is { Opening: null, Account: not null }:
                message.Opening = Mt940Balance.Read(field, chain);
                break;
            case "61" when message is { Opening: not null, Closed: false }:
                Flush();
                pending = Mt940Entry.Read(field, chain);
                break;
            case "86" when pending is not null: pending = Mt940Details.Fill(pending, field.Lines); Flush(); break;
            case "62F" or "62M" when message is { Opening: not null, Closed: false }: Close(message, field); break;
            // After the closing balance: what is available now and later, and words on the statement as a whole.
            case "64" or "65" or "86" when message.Closed: break;
            default: Misplaced(field); break;
        }
    }

    private void Close(Message message, Mt940Field field)
    {
        Flush();
        var (opening, closing) = (message.Opening!.Value, Mt940Balance.Read(field, chain));
        var number = message.Number is null ? null : $"{message.Reference} {message.Number}";
        chain.Close(opening.Minor, closing.Minor, (opening.Day, closing.Day), number, field.At);
        message.Closed = true;
    }

    private void Flush()
    {
        if (pending is not null) chain.Add(pending);
        pending = null;
    }

    private static void Misplaced(Mt940Field field) =>
        StatementRefused.Throw(FaultCodes.BadStructure, field.At, $"The field :{field.Tag}: is not known or not at its place.");

    private sealed class Message(Place at, string reference)
    {
        public Place At => at;
        public string Reference => reference;
        public string? Account;
        public string? Number;
        public (long Minor, DateOnly Day)? Opening;
        public bool Closed;
    }
}
