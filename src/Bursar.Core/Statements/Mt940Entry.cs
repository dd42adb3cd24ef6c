using System.Globalization;

namespace Bursar.Core.Statements;

/// <summary>Walks along one line of fixed fields and says where it stands when something does not fit.</summary>
internal sealed class Mt940Cursor(string text, Place start)
{
    private int position;

    public Place At => start with { Column = start.Column + position };
    public string Rest => text[position..];

    public bool Has(Func<char, bool> kind, int count) =>
        position + count <= text.Length && text.AsSpan(position, count).ToString().All(kind);

    public string Take(int count, string what)
    {
        if (position + count > text.Length) StatementRefused.Throw(FaultCodes.BadStructure, At, $"The line ends before {what}.");
        position += count;
        return text.Substring(position - count, count);
    }

    public string TakeWhile(Func<char, bool> kind)
    {
        var end = position;
        while (end < text.Length && kind(text[end])) end++;
        return Take(end - position, "");
    }

    /// <summary>YYMMDD of this century.</summary>
    public DateOnly Day()
    {
        var at = At;
        if (Day("20" + Take(6, "a day")) is { } day) return day;
        StatementRefused.Throw(FaultCodes.BadDate, at, "This is not a day written as YYMMDD.");
        return default;
    }

    public static DateOnly? Day(string yearMonthDay) =>
        DateOnly.TryParseExact(yearMonthDay, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <summary>Fields 60F, 60M, 62F and 62M: mark, day, currency, amount.</summary>
internal static class Mt940Balance
{
    public static (long Minor, DateOnly Day) Read(Mt940Field field, StatementChain chain)
    {
        var cursor = new Mt940Cursor(field.Lines[0].TrimEnd(), field.TextAt);
        var at = cursor.At;
        var mark = cursor.Take(1, "the mark");
        if (mark is not ("C" or "D")) StatementRefused.Throw(FaultCodes.BadDirection, at, "A balance begins with C or D.");
        var day = cursor.Day();
        at = cursor.At;
        chain.CheckCurrency(cursor.Take(3, "the currency"), at);
        at = cursor.At;
        var amount = chain.Amount(cursor.Rest, AmountStyle.Mt940, at);
        return (mark == "D" ? -amount : amount, day);
    }
}

/// <summary>
/// Field 61: value day, booking day (month and day), mark, funds code, amount, kind, the customer's reference and, after "//", the bank's;
/// details in a second line. RC and RD take a credit or debit back.
/// </summary>
internal static class Mt940Entry
{
    public static StatementLine Read(Mt940Field field, StatementChain chain)
    {
        var cursor = new Mt940Cursor(field.Lines[0].TrimEnd(), field.TextAt);
        var valueOn = cursor.Day();
        var bookedOn = cursor.Has(char.IsAsciiDigit, 4) ? BookedOn(cursor, valueOn) : valueOn;
        var sign = Sign(cursor);
        if (cursor.Has(char.IsAsciiLetterUpper, 1)) cursor.Take(1, "the funds code");
        var at = cursor.At;
        var amount = chain.Amount(cursor.TakeWhile(c => char.IsAsciiDigit(c) || c is ',' or '.'), AmountStyle.Mt940, at);
        at = cursor.At;
        var kind = cursor.Take(4, "the kind of booking");
        if (kind[0] is not ('N' or 'F' or 'S'))
            StatementRefused.Throw(FaultCodes.BadStructure, at, "The kind of booking begins with N, F or S.");

        var references = cursor.Rest.Split("//", 2);
        var own = StatementText.CleanOrNull(references[0]);
        return new StatementLine(field.At.Line, bookedOn, sign * amount, StatementText.Clean(string.Join(' ', field.Lines.Skip(1))))
        {
            ValueOn = valueOn,
            EndToEndId = own is "NONREF" ? null : own,
            BankReference = references.Length > 1 ? StatementText.CleanOrNull(references[1]) : null,
        };
    }

    /// <summary>
    /// Month and day in the year that brings them nearest to the value day: a booking of 31 December may have its value in January.
    /// </summary>
    private static DateOnly BookedOn(Mt940Cursor cursor, DateOnly valueOn)
    {
        var at = cursor.At;
        var text = cursor.Take(4, "the booking day");
        var nearest = new[] { valueOn.Year - 1, valueOn.Year, valueOn.Year + 1 }
            .Select(year => Mt940Cursor.Day(year.ToString("0000", CultureInfo.InvariantCulture) + text))
            .Where(day => day is not null).MinBy(day => Math.Abs(day!.Value.DayNumber - valueOn.DayNumber));
        if (nearest is { } found) return found;
        StatementRefused.Throw(FaultCodes.BadDate, at, "This is not a day written as MMDD.");
        return default;
    }

    private static int Sign(Mt940Cursor cursor)
    {
        var at = cursor.At;
        var first = cursor.Take(1, "the mark");
        var mark = first == "R" ? first + cursor.Take(1, "the mark") : first;
        if (mark is not ("C" or "D" or "RC" or "RD")) StatementRefused.Throw(FaultCodes.BadDirection, at, "A booking is C, D, RC or RD.");
        return mark is "C" or "RD" ? 1 : -1;
    }
}
