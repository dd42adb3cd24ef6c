using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>The transaction in which somebody changes their own account.</summary>
public sealed record OwnScope(NpgsqlConnection Connection, Guid Person, DateTimeOffset At)
{
    /// <summary>Runs it with @person and @at.</summary>
    public Task<int> Execute(string sql, object? args = null) => Connection.ExecuteAsync(sql, With(args));

    public Task<T?> Scalar<T>(string sql, object? args = null) => Connection.ExecuteScalarAsync<T>(sql, With(args));

    private DynamicParameters With(object? args)
    {
        var all = new DynamicParameters(args);
        all.Add("person", Person);
        all.Add("at", At);
        return all;
    }
}

/// <summary>What somebody did to their own account.</summary>
public sealed record OwnAct(string Type, string Peer, DateTimeOffset At);

/// <summary>
/// Changes of one's own sign-in, for members and operators alike: the change and the word of it are one transaction. A member's stands in
/// the journal, an operator's in a list of their own.
/// </summary>
public sealed class OwnAccount(Database database, ControlChanges changes, TimeProvider time)
{
    private const int ActsShown = 20;

    public Task<Result<T>> Change<T>(Self self, string type, object data, Func<OwnScope, Task<Result<T>>> change) =>
        self.Member is { } member
        ? changes.Apply(member, Permission.None, bothModes: false, async scope =>
        {
            var result = await change(new OwnScope(scope.Connection, self.Person, scope.At));
            if (result.Ok) scope.Book.Record(type, member.Principal, 1, data);
            return result;
        })
        : ChangeAtTheDesk(self, type, change);

    /// <summary>What an operator changed of late, newest first.</summary>
    public async Task<IReadOnlyList<OwnAct>> Acts(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<OwnAct>(
            "select type, peer, at from operator_acts where person_id = @person order by at desc, act_id desc limit @ActsShown",
            new { person, ActsShown });
        return rows.AsList();
    }

    private async Task<Result<T>> ChangeAtTheDesk<T>(Self self, string type, Func<OwnScope, Task<Result<T>>> change)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // One after another, as a member's changes are by their book's lock; and still an operator.
        var locked = await connection.ExecuteScalarAsync<Guid?>(
            "select person_id from persons where person_id = @Person and operator for update", new { self.Person });
        if (locked is null) return Errors.Missing();
        var result = await change(new OwnScope(connection, self.Person, now));
        if (!result.Ok) return result;
        await connection.ExecuteAsync("""
            insert into operator_acts (act_id, person_id, type, peer, request_id, at) values (@id, @Person, @type, @Peer, @request, @now)
            """, new { id = Guid.CreateVersion7(now), self.Person, type, self.Peer, request = self.Request.Value, now });
        await transaction.CommitAsync();
        return result;
    }
}
