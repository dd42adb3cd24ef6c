using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Data;

/// <summary>
/// Brings the schema up to date: numbered .sql files embedded in the program, each in a transaction of its own under one advisory
/// lock, checksummed, forward only. A program older than its database refuses to start.
/// </summary>
public static class Migrator
{
    private const long LockKey = 0x42757273_6172_0001;

    public static async Task Migrate(NpgsqlDataSource login, TextWriter progress, CancellationToken ct)
    {
        await using var connection = await login.OpenConnectionAsync(ct);
        await connection.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey });
        try
        {
            await connection.ExecuteAsync("""
                create schema if not exists bursar;
                create table if not exists bursar.migrations (
                    number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())
                """);
            var applied = (await connection.QueryAsync<(int Number, string Checksum)>("select number, checksum from bursar.migrations"))
                .ToDictionary(m => m.Number, m => m.Checksum);
            var known = Embedded();
            if (applied.Keys.Except(known.Select(m => m.Number)).Any())
                throw new InvalidOperationException("the database is newer than this program: start the newer program");

            foreach (var migration in known)
            {
                if (applied.TryGetValue(migration.Number, out var checksum))
                {
                    if (checksum != migration.Checksum)
                        throw new InvalidOperationException($"migration {migration.Name} was changed after it had been applied");
                    continue;
                }
                await progress.WriteLineAsync($"bursar: migrating {migration.Name}");
                await using var transaction = await connection.BeginTransactionAsync(ct);
                await connection.ExecuteAsync("set local search_path = bursar, pg_temp; " + migration.Sql, transaction: transaction);
                await connection.ExecuteAsync(
                    "reset role; insert into bursar.migrations (number, name, checksum) values (@Number, @Name, @Checksum)",
                    migration, transaction);
                await transaction.CommitAsync(ct);
            }
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    private static List<Migration> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("migrations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
                var file = name["migrations/".Length..];
                return new Migration(int.Parse(file[..4], System.Globalization.CultureInfo.InvariantCulture), file, sql,
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
            })];
    }

    private sealed record Migration(int Number, string Name, string Sql, string Checksum);
}
