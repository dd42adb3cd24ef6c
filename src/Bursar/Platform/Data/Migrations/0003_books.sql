-- The book of a workspace in one mode: its lock, journal, ledger and budgets (docs/ledger.md). Every statement names the workspace.
set local role bursar_owner;

-- owner: Platform/Books
create table books (
    workspace_id uuid not null,
    mode smallint not null check (mode in (1, 2)),
    last_booked_at timestamptz not null,
    control_version bigint not null,
    journal_position bigint not null,
    journal_head bytea not null,
    primary key (workspace_id, mode)
) with (fillfactor = 50);
select guard_book('books');
grant select on books to bursar_app;
grant select, insert, update on books to bursar_engine;

-- owner: Platform/Books
create table journal (
    workspace_id uuid not null,
    mode smallint not null,
    position bigint not null,
    event_id uuid not null,
    booked_at timestamptz not null,
    public boolean not null,
    type text not null,
    subject uuid not null,
    subject_version int not null,
    actor_kind smallint not null,
    principal uuid not null,
    credential uuid not null,
    actor_name text not null,
    peer text not null,
    request_id uuid not null,
    data text not null,
    hash bytea not null,
    primary key (workspace_id, mode, position)
);
create index journal_subject on journal (workspace_id, mode, subject, position);
select guard_book('journal');
grant select on journal to bursar_app;
grant select, insert on journal to bursar_engine;

-- What the hash of a row is made of: big-endian numbers, microseconds since 1970, length before each text.
create function journal_hash(before bytea, j journal) returns bytea language sql immutable as $$
    select sha256(before || int8send(j.position) || int8send((extract(epoch from j.booked_at) * 1000000)::bigint)
        || uuid_send(j.event_id) || case when j.public then '\x01'::bytea else '\x00'::bytea end || uuid_send(j.subject)
        || int4send(j.subject_version) || int2send(j.actor_kind) || uuid_send(j.principal) || uuid_send(j.credential)
        || uuid_send(j.request_id)
        || int4send(octet_length(j.type)) || convert_to(j.type, 'UTF8')
        || int4send(octet_length(j.actor_name)) || convert_to(j.actor_name, 'UTF8')
        || int4send(octet_length(j.peer)) || convert_to(j.peer, 'UTF8')
        || int4send(octet_length(j.data)) || convert_to(j.data, 'UTF8'))
$$;

-- owner: Platform/Books
create table outbox (
    workspace_id uuid not null,
    mode smallint not null,
    position bigint not null,
    consumer smallint not null,
    subject uuid not null,
    due timestamptz not null,
    leased_until timestamptz,
    tries int not null default 0,
    primary key (workspace_id, mode, position, consumer)
);
create index outbox_due on outbox (consumer, due);
select guard_book('outbox');
grant select on outbox to bursar_app;
grant select, insert, update, delete on outbox to bursar_engine;

-- owner: Platform/Books
create table idempotency (
    workspace_id uuid not null,
    mode smallint not null,
    principal uuid not null,
    route text not null,
    key text not null,
    request_hash bytea not null,
    status smallint not null,
    response text not null,
    created_at timestamptz not null,
    primary key (workspace_id, mode, principal, route, key)
);
select guard_book('idempotency');
grant select, insert, delete on idempotency to bursar_engine;

-- owner: Platform/Ledger
create table accounts (
    workspace_id uuid not null,
    mode smallint not null,
    account_id uuid not null,
    code smallint not null,
    currency text not null,
    debits_pending bigint not null default 0 check (debits_pending >= 0),
    debits_posted bigint not null default 0 check (debits_posted >= 0),
    credits_pending bigint not null default 0 check (credits_pending >= 0),
    credits_posted bigint not null default 0 check (credits_posted >= 0),
    credit_limit bigint not null default 0,
    version bigint not null default 0,
    primary key (workspace_id, mode, account_id),
    unique (workspace_id, mode, code),
    check (debits_pending + debits_posted <= credits_posted + credit_limit)
) with (fillfactor = 50);
select guard_book('accounts');
grant select on accounts to bursar_app;
grant select, insert, update on accounts to bursar_engine;

-- owner: Platform/Ledger
create table ledger_transfers (
    workspace_id uuid not null,
    mode smallint not null,
    transfer_id uuid not null,
    debit_account uuid not null,
    credit_account uuid not null,
    amount bigint not null check (amount between 1 and 1000000000000000),
    kind smallint not null,
    pending_id uuid,
    debit_version bigint not null,
    debit_pending_after bigint not null,
    debit_posted_after bigint not null,
    credit_version bigint not null,
    credit_pending_after bigint not null,
    credit_posted_after bigint not null,
    reference uuid not null,
    booked_at timestamptz not null,
    primary key (workspace_id, mode, transfer_id),
    check (debit_account <> credit_account)
);
-- A hold ends once: the second post or void of it has no place.
create unique index ledger_transfers_hold_end on ledger_transfers (workspace_id, mode, pending_id) where pending_id is not null;
create index ledger_transfers_reference on ledger_transfers (workspace_id, mode, reference);
create index ledger_transfers_time on ledger_transfers (workspace_id, mode, booked_at);
select guard_book('ledger_transfers');
grant select on ledger_transfers to bursar_app;
grant select, insert on ledger_transfers to bursar_engine;

-- owner: Platform/Control
create table policies (
    workspace_id uuid not null,
    mode smallint not null,
    policy_id uuid not null,
    version int not null,
    name text not null,
    active boolean not null,
    archived boolean not null default false,
    document text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (workspace_id, mode, policy_id)
);
select guard_book('policies');
grant select on policies to bursar_app;
grant select, insert, update on policies to bursar_engine;

-- owner: Platform/Control
create table policy_versions (
    workspace_id uuid not null,
    mode smallint not null,
    policy_id uuid not null,
    version int not null,
    document text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (workspace_id, mode, policy_id, version)
);
select guard_book('policy_versions');
grant select on policy_versions to bursar_app;
grant select, insert on policy_versions to bursar_engine;

-- owner: Platform/Control
create table usage (
    workspace_id uuid not null,
    mode smallint not null,
    policy_id uuid not null,
    day_start timestamptz not null,
    day_end timestamptz not null,
    day_held bigint not null check (day_held >= 0),
    day_used bigint not null check (day_used >= 0),
    month_start timestamptz not null,
    month_end timestamptz not null,
    month_held bigint not null check (month_held >= 0),
    month_used bigint not null check (month_used >= 0),
    minute_start timestamptz not null,
    minute_count int not null,
    hour_start timestamptz not null,
    hour_count int not null,
    primary key (workspace_id, mode, policy_id)
) with (fillfactor = 50);
select guard_book('usage');
grant select on usage to bursar_app;
grant select, insert, update on usage to bursar_engine;

-- owner: Platform/Control
create table usage_holds (
    workspace_id uuid not null,
    mode smallint not null,
    disbursement_id uuid not null,
    policy_id uuid not null,
    amount bigint not null,
    day_start timestamptz not null,
    month_start timestamptz not null,
    state text not null,
    primary key (workspace_id, mode, disbursement_id, policy_id)
);
select guard_book('usage_holds');
grant select on usage_holds to bursar_app;
grant select, insert, update on usage_holds to bursar_engine;

-- owner: Platform/Control
create table approvals (
    workspace_id uuid not null,
    mode smallint not null,
    approval_id uuid not null,
    kind text not null,
    state text not null,
    version int not null,
    subject uuid not null,
    amount bigint not null,
    currency text not null,
    merchant text,
    beneficiary text,
    reason text,
    agent_id text,
    requested_by text not null,
    requester_person uuid,
    content_hash text not null,
    rule text not null,
    note text,
    resolved_by text,
    resolver_person uuid,
    resolved_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    primary key (workspace_id, mode, approval_id)
);
create index approvals_state on approvals (workspace_id, mode, state, created_at desc, approval_id desc);
create index approvals_expiry on approvals (expires_at) where state = 'pending';
select guard_book('approvals');
grant select on approvals to bursar_app;
grant select, insert, update on approvals to bursar_engine;
