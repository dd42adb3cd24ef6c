using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Operator.Rails;

/// <summary>How rails read on a page.</summary>
public static class RailWords
{
    public static string Adapter(string name) => name switch
    {
        "http" => "A partner's server",
        "manual" => "By hand",
        "bankfile" => "Payment files for a bank",
        _ => name,
    };

    public static string About(string name) => name switch
    {
        "http" => "Bursar sends each order to a partner that speaks the contract of docs/rails.md and tells back what became of it.",
        "manual" => "Orders wait in a list. Somebody pays them at the bank and says here what became of each.",
        "bankfile" => "Orders wait until you put them into a pain.001 file for the bank. Its statement settles them.",
        _ => "",
    };

    public static string Kind(DisbursementKind kind) => kind switch
    {
        DisbursementKind.MoneyTransfer => "Money transfers",
        DisbursementKind.InternationalTransfer => "International transfers",
        _ => "Agents' spends from a deposit",
    };

    /// <summary>The name of the input that chooses the rail of a kind.</summary>
    public static string Field(Mode mode, DisbursementKind kind) => $"{Json.Name(mode)}.{Json.Name(kind)}";
}
