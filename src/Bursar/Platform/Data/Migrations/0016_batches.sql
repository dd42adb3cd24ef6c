-- Many transfers from one file: the batch, its rows, and approvals that belong together.
set local role bursar_owner;

-- The queue shows the approvals of one batch as one; people decide on them where the batch is.
alter table approvals add column batch_id uuid;
create index approvals_of_batch on approvals (workspace_id, mode, batch_id, state) where batch_id is not null;

-- owner: Rooms/Payouts
create table transfer_batches (
    workspace_id uuid not null,
    mode smallint not null,
    batch_id uuid not null,
    state text not null,
    version int not null,
    way text not null check (way in ('continue', 'atomic')),
    file_name text not null,
    rows int not null,
    total bigint not null,
    fees bigint not null,
    -- SHA-256 of the rows, whatever kind of file they came in.
    fingerprint text not null,
    -- It goes on by itself once its check found nothing wrong.
    submits boolean not null,
    asks_names boolean not null,
    checked int not null default 0,
    submitted int not null default 0,
    hold uuid,
    held bigint not null default 0,
    failure_reason text,
    risk text,
    maker_name text not null,
    maker_kind smallint not null,
    maker_principal uuid not null,
    maker_credential uuid not null,
    maker_person uuid,
    maker_peer text not null,
    maker_request uuid not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    completed_at timestamptz,
    -- When a worker looks at it next: null while nothing is to be done. Moved on while one works at it.
    due timestamptz,
    looks int not null default 0,
    primary key (workspace_id, mode, batch_id)
) with (fillfactor = 70);
create index transfer_batches_newest on transfer_batches (workspace_id, mode, created_at desc, batch_id desc);
create index transfer_batches_file on transfer_batches (workspace_id, mode, fingerprint, created_at desc);
create index transfer_batches_due on transfer_batches (due) where due is not null;
-- Those whose rows wait until all of them are there: none, nearly always.
create index transfer_batches_gathering on transfer_batches (workspace_id, mode)
    where way = 'atomic' and state in ('submitting', 'failing');
select guard_book('transfer_batches');
grant select on transfer_batches to bursar_app;
grant select, insert, update on transfer_batches to bursar_engine;

-- owner: Rooms/Payouts
create table batch_rows (
    workspace_id uuid not null,
    mode smallint not null,
    batch_id uuid not null,
    line int not null,
    amount bigint,
    fee bigint not null default 0,
    bank_code text not null,
    account_number text not null,
    remark text not null,
    reference text not null,
    recipient_emails text not null,
    -- What is wrong with it, as JSON; null when nothing is.
    faults text,
    -- What is no fault but worth a look, by name.
    flags text[] not null default '{}',
    inquiry text,
    holder text,
    disbursement_id uuid,
    -- Why no transfer was made of it.
    refusal text,
    refusal_detail text,
    stored_at timestamptz not null,
    primary key (workspace_id, mode, batch_id, line)
) with (fillfactor = 70);
create index batch_rows_transfer on batch_rows (workspace_id, mode, disbursement_id) where disbursement_id is not null;
select guard_book('batch_rows');
grant select on batch_rows to bursar_app;
grant select, insert, update, delete on batch_rows to bursar_engine;
