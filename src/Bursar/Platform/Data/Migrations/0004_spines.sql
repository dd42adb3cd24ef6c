-- The two spines: disbursements (money out) and collections (money in).
set local role bursar_owner;

-- owner: Platform/MoneyOut
create table disbursements (
    workspace_id uuid not null,
    mode smallint not null,
    disbursement_id uuid not null,
    kind text not null,
    state text not null,
    version int not null,
    amount bigint not null check (amount between 1 and 1000000000000000),
    currency text not null,
    fee bigint not null check (fee >= 0),
    bank_code text,
    destination_type text,
    account_number text,
    recipient_name text,
    remark text,
    reference text,
    maker_name text not null,
    maker_kind smallint not null,
    maker_principal uuid not null,
    maker_credential uuid not null,
    maker_person uuid,
    created_via text not null,
    rail text not null,
    content_hash text not null,
    decision_inputs text not null,
    approval_id uuid,
    amount_hold uuid,
    fee_hold uuid,
    attempts int not null default 0,
    queries int not null default 0,
    failure_reason text,
    detail text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    completed_at timestamptz,
    primary key (workspace_id, mode, disbursement_id)
) with (fillfactor = 70);
create unique index disbursements_reference on disbursements (workspace_id, mode, kind, reference) where reference is not null;
create index disbursements_newest on disbursements (workspace_id, mode, kind, created_at desc, disbursement_id desc);
create index disbursements_state on disbursements (workspace_id, mode, kind, state, created_at desc, disbursement_id desc);
create index disbursements_account on disbursements (workspace_id, mode, account_number, created_at desc);
create index disbursements_amount on disbursements (workspace_id, mode, kind, amount, created_at desc);
create index disbursements_text on disbursements using gin
    (workspace_id, (coalesce(recipient_name, '') || ' ' || coalesce(remark, '')) gin_trgm_ops);
select guard_book('disbursements');
grant select on disbursements to bursar_app;
grant select, insert, update on disbursements to bursar_engine;

-- Pattern search: row-level security keeps ILIKE away from a trigram index, so this reads as the owner of the rows' own book only.
create function find_disbursements(words text[], most int) returns setof uuid
language sql stable security definer set search_path = bursar, pg_temp as $$
    select disbursement_id from disbursements
    where workspace_id = current_workspace() and mode = current_mode()
        and (coalesce(recipient_name, '') || ' ' || coalesce(remark, '')) ilike all (words)
    order by created_at desc, disbursement_id desc
    limit most
$$;
create policy owner on disbursements to bursar_owner using (workspace_id = current_workspace() and mode = current_mode());
revoke all on function find_disbursements from public;
grant execute on function find_disbursements to bursar_app;

-- Written before the first byte leaves, so that a lost answer is known to be one.
-- owner: Platform/MoneyOut
create table attempts (
    workspace_id uuid not null,
    mode smallint not null,
    disbursement_id uuid not null,
    number int not null,
    rail text not null,
    state text not null,
    reason text,
    started_at timestamptz not null,
    answered_at timestamptz,
    primary key (workspace_id, mode, disbursement_id, number)
);
select guard_book('attempts');
grant select on attempts to bursar_app;
grant select, insert, update on attempts to bursar_engine;

-- owner: Platform/MoneyIn
create table collections (
    workspace_id uuid not null,
    mode smallint not null,
    collection_id uuid not null,
    kind text not null,
    state text not null,
    version int not null,
    amount bigint not null check (amount between 1 and 1000000000000000),
    currency text not null,
    unique_code int,
    pay_amount bigint not null,
    channel text not null,
    bank_code text,
    receiving_account text,
    note text,
    via_atm boolean not null default false,
    received bigint,
    maker_name text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    expires_at timestamptz not null,
    completed_at timestamptz,
    primary key (workspace_id, mode, collection_id)
) with (fillfactor = 70);
create index collections_newest on collections (workspace_id, mode, kind, created_at desc, collection_id desc);
create index collections_open on collections (expires_at) where state in ('waiting', 'confirmed_by_user');
select guard_book('collections');
grant select on collections to bursar_app;
grant select, insert, update on collections to bursar_engine;

-- Installation-wide: the exact amounts that are open at a receiving account, over all workspaces (PRODUCT L2).
-- owner: Platform/MoneyIn
create table receiving_amounts (
    mode smallint not null,
    receiving_account text not null,
    exact_amount bigint not null,
    workspace_id uuid not null,
    collection_id uuid not null,
    free_at timestamptz not null,
    primary key (mode, receiving_account, exact_amount)
);
grant select, insert, update, delete on receiving_amounts to bursar_engine;
