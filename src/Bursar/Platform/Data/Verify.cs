using Dapper;

namespace Bursar.Platform.Data;

/// <summary><c>bursar verify</c>: proves the books against themselves. One line per check; anything found is a broken invariant.</summary>
public sealed class Verify(Database database, params IReadOnlyList<(string Name, Func<Npgsql.NpgsqlConnection, Task<long>> Count)> more)
{
    private static readonly (string Name, string Sql)[] Checks =
    [
        ("trial balance is zero", """
            select count(*) from (select workspace_id, mode, currency from accounts group by workspace_id, mode, currency
                having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)) x
            """),
        ("account balances equal their transfers", """
            with sides as (
                select workspace_id, mode, debit_account as account_id,
                    case kind when 2 then amount when 3 then -amount when 4 then -amount else 0 end as dp,
                    case when kind in (1, 3) then amount else 0 end as d, 0 as cp, 0 as c
                from ledger_transfers union all
                select workspace_id, mode, credit_account, 0, 0,
                    case kind when 2 then amount when 3 then -amount when 4 then -amount else 0 end,
                    case when kind in (1, 3) then amount else 0 end
                from ledger_transfers)
            select count(*) from accounts a left join (
                select workspace_id, mode, account_id, sum(dp) dp, sum(d) d, sum(cp) cp, sum(c) c from sides
                group by 1, 2, 3) s using (workspace_id, mode, account_id)
            where a.debits_pending <> coalesce(s.dp, 0) or a.debits_posted <> coalesce(s.d, 0)
                or a.credits_pending <> coalesce(s.cp, 0) or a.credits_posted <> coalesce(s.c, 0)
            """),
        ("account versions have no gap", """
            select count(*) from accounts a left join (
                select workspace_id, mode, account_id, count(*) n, count(distinct v) k, coalesce(max(v), 0) top from (
                    select workspace_id, mode, debit_account as account_id, debit_version as v from ledger_transfers union all
                    select workspace_id, mode, credit_account, credit_version from ledger_transfers) t
                group by 1, 2, 3) s using (workspace_id, mode, account_id)
            where a.version <> coalesce(s.n, 0) or coalesce(s.n, 0) <> coalesce(s.k, 0) or a.version <> coalesce(s.top, 0)
            """),
        ("open holds equal what is pending", """
            select count(*) from (
                select a.workspace_id, a.mode, a.account_id from accounts a left join ledger_transfers h
                    on h.workspace_id = a.workspace_id and h.mode = a.mode and h.debit_account = a.account_id and h.kind = 2
                    and not exists (select from ledger_transfers e where e.workspace_id = h.workspace_id and e.mode = h.mode
                        and e.pending_id = h.transfer_id)
                group by 1, 2, 3, a.debits_pending having coalesce(sum(h.amount), 0) <> a.debits_pending) x
            """),
        ("every disbursement's money is where its state says", """
            select count(*) from disbursements d where
                (d.state in ('pending_approval', 'approved', 'executing', 'unknown')
                    and (d.kind <> 'agent_spend' or d.bank_code is not null)) <> exists (
                select from ledger_transfers h where h.workspace_id = d.workspace_id and h.mode = d.mode and h.transfer_id = d.amount_hold
                    and not exists (select from ledger_transfers e where e.workspace_id = h.workspace_id and e.mode = h.mode
                        and e.pending_id = h.transfer_id))
            """),
        ("every disbursement was sent at most once", """
            select count(*) from disbursements d where d.attempts > 1 or d.attempts <> (
                select count(*) from attempts t where t.workspace_id = d.workspace_id and t.mode = d.mode
                    and t.disbursement_id = d.disbursement_id)
            """),
        ("budgets equal their holds", """
            select count(*) from usage u
            where u.day_held <> (select coalesce(sum(amount), 0) from usage_holds h
                    where h.workspace_id = u.workspace_id and h.mode = u.mode
                        and h.policy_id = u.policy_id and h.day_start = u.day_start and h.state = 'held')
                or u.day_used <> (select coalesce(sum(coalesce(used, amount)), 0) from usage_holds h
                    where h.workspace_id = u.workspace_id and h.mode = u.mode
                        and h.policy_id = u.policy_id and h.day_start = u.day_start and h.state = 'used')
                or u.month_held <> (select coalesce(sum(amount), 0) from usage_holds h
                    where h.workspace_id = u.workspace_id and h.mode = u.mode
                        and h.policy_id = u.policy_id and h.month_start = u.month_start and h.state = 'held')
                or u.month_used <> (select coalesce(sum(coalesce(used, amount)), 0) from usage_holds h
                    where h.workspace_id = u.workspace_id and h.mode = u.mode
                        and h.policy_id = u.policy_id and h.month_start = u.month_start and h.state = 'used')
            """),
        ("every matched line is in its workspace's book, once", """
            select count(*) from statement_lines l left join collections c
                on c.workspace_id = l.owner_workspace and c.mode = l.mode and c.collection_id = l.collection_id
            where l.state = 'matched' and (c.received_line is distinct from l.line_id or c.received is distinct from l.amount)
            """),
        ("every credited line is the house's, for that top-up", """
            select count(*) from collections c left join statement_lines l on l.mode = c.mode and l.line_id = c.received_line
            where c.received_line is not null and (l.collection_id is distinct from c.collection_id or l.amount <> c.received)
            """),
        ("every line that proves a payment agrees with its workspace's book", """
            select count(*) from statement_lines l left join disbursements d
                on d.workspace_id = l.owner_workspace and d.mode = l.mode and d.disbursement_id = l.disbursement_id
            where l.state in ('paid', 'came_back') and (d.amount is distinct from abs(l.amount) or d.state is null
                or d.state not in ('succeeded', 'reversed') or (l.state = 'came_back' and d.state <> 'reversed'))
            """),
        ("the house's accounts hold what its lines say", """
            select count(*) from accounts a left join (
                select workspace_id, mode, case state when 'out' then 20 when 'suspense' then 21 when 'matched' then 22 when 'to_return' then 23
                    when 'bank_charge' then 25 when 'own_transfer' then 26 else 24 end as code, sum(amount) as amount
                from statement_lines where state <> 'matching' group by 1, 2, 3) l using (workspace_id, mode, code)
            where a.code between 20 and 26 and coalesce(l.amount, 0) <> a.credits_posted - a.debits_posted
                + case a.code when 20 then a.credits_pending when 21 then -a.debits_pending else 0 end
            """),
        ("every statement line has its posting", """
            select count(*) from statement_lines l left join (
                select t.workspace_id, t.mode, t.reference, sum(t.amount) as amount from ledger_transfers t
                where (t.workspace_id, t.mode, t.debit_account) in (
                        select workspace_id, mode, account_id from accounts where code > 10000)
                    or (t.workspace_id, t.mode, t.credit_account) in (
                        select workspace_id, mode, account_id from accounts where code > 10000)
                group by 1, 2, 3) s on s.workspace_id = l.workspace_id and s.mode = l.mode and s.reference = l.line_id
            where abs(l.amount) <> coalesce(s.amount, 0)
            """),
        ("journal positions have no gap", """
            select count(*) from (select b.workspace_id from books b left join journal j using (workspace_id, mode)
                group by b.workspace_id, b.mode, b.journal_position
                having count(j.position) <> b.journal_position or coalesce(max(j.position), 0) <> b.journal_position) x
            """),
        ("journal hashes chain to the head", """
            select (select count(*) from (
                select j.hash, journal_hash(coalesce(lag(j.hash) over w, decode(repeat('00', 32), 'hex')), j) as again from journal j
                window w as (partition by workspace_id, mode order by position)) x where hash <> again)
                + (select count(*) from books b
                    join journal j on j.workspace_id = b.workspace_id and j.mode = b.mode and j.position = b.journal_position
                    where j.hash <> b.journal_head)
            """),
        ("booking time never runs back", """
            select count(*) from (
                select booked_at < lag(booked_at) over (partition by workspace_id, mode order by position) as back
                from journal) x
            where back
            """),
        ("every state change of a disbursement is in the journal", """
            select count(*) from disbursements d where not exists (
                select from journal j where j.workspace_id = d.workspace_id and j.mode = d.mode
                and j.subject = d.disbursement_id and j.subject_version = d.version
                and (j.type in ('transfer.' || d.state, 'international_transfer.' || d.state, 'disbursement.' || d.state)
                    or (d.kind = 'agent_spend' and j.type like 'spend.%')))
            """),
    ];

    /// <summary>Writes a line per check and returns whether all hold.</summary>
    public async Task<bool> Run(TextWriter output)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await connection.ExecuteAsync("set local statement_timeout = 0");
        var well = await Run(connection, output);
        foreach (var (name, count) in more) well &= await Tell(output, name, await count(connection));
        return well;
    }

    /// <summary>The checks on a connection whose snapshot stands still: while money moves, only one moment can be right.</summary>
    public static async Task<bool> Run(Npgsql.NpgsqlConnection connection, TextWriter output)
    {
        var well = true;
        foreach (var (name, sql) in Checks)
            well &= await Tell(output, name, await connection.ExecuteScalarAsync<long>(sql, commandTimeout: 0));
        return well;
    }

    private static async Task<bool> Tell(TextWriter output, string name, long found)
    {
        await output.WriteLineAsync(found == 0 ? $"ok    {name}" : $"FAIL  {name}: {found}");
        return found == 0;
    }
}
