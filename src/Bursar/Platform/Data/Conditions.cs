using Bursar.Core.Access;
using Dapper;

namespace Bursar.Platform.Data;

/// <summary>What a list of a book's rows is narrowed by, with its values; the book itself is the first condition.</summary>
public sealed class Conditions
{
    private readonly List<string> conditions;

    /// <param name="table">The table's name in the query.</param>
    public Conditions(BookKey book, string table)
    {
        conditions = [$"{table}.workspace_id = @workspace", $"{table}.mode = @mode"];
        Args = ArgsOf(book);
    }

    public DynamicParameters Args { get; }
    public (string Where, DynamicParameters Args) All => (string.Join(" and ", conditions), Args);

    /// <summary>@workspace and @mode, to which a query adds what else it needs.</summary>
    public static DynamicParameters ArgsOf(BookKey book)
    {
        var args = new DynamicParameters();
        args.Add("workspace", book.Workspace.Value);
        args.Add("mode", (short)book.Mode);
        return args;
    }

    public Conditions And(string sql)
    {
        conditions.Add(sql);
        return this;
    }

    /// <summary>Only <paramref name="when"/>, with the value of one name in it.</summary>
    public void And(bool when, string sql, string name, object? value)
    {
        if (!when) return;
        conditions.Add(sql);
        Args.Add(name, value);
    }
}
