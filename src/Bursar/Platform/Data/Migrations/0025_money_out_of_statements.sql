-- What money out of a statement proves, and what else its lines may be (docs/statements.md, decision 59).
set local role bursar_owner;

alter table statement_lines add column disbursement_id uuid;
alter table statement_lines drop constraint statement_lines_check;
alter table statement_lines add constraint statement_lines_tied check (
    (state in ('matching', 'matched', 'paid', 'came_back')) = (num_nonnulls(collection_id, disbursement_id) = 1)
    and (disbursement_id is null or state in ('matching', 'paid', 'came_back')));
-- The fingerprint first: a whole file is looked up by it.
drop index statement_lines_once;
create unique index statement_lines_once on statement_lines (fingerprint, workspace_id, mode, account);
-- A payment is proved by one line, and given back by one.
create unique index statement_lines_payment on statement_lines (workspace_id, mode, disbursement_id, (amount < 0))
    where disbursement_id is not null;

-- A house that stands already gets the accounts that it lacks: paid_out, bank_charges, own_transfers. The owner sees no rows of books.
set local role bursar_engine;
insert into accounts (workspace_id, mode, account_id, code, currency, credit_limit)
    select workspace_id, mode, gen_random_uuid(), code, 'IDR', 1000000000000000000
    from books, unnest(array[24, 25, 26]::smallint[]) code where workspace_id = '00000000-0000-7000-8000-000000000001';
