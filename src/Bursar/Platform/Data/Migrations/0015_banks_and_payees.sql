-- How the banks are, whose accounts were asked for, whom a business pays again and again (PRODUCT P1–P3).
set local role bursar_owner;

-- Installation-wide: how a bank is in live mode, by whoever said so. Only grows; the newest row of a bank counts.
-- owner: Platform/MoneyOut
create table bank_status_changes (
    change_id bigint generated always as identity primary key,
    bank_code text not null,
    status text not null check (status in ('operational', 'disturbed', 'heavily_disturbed')),
    message text,
    changed_at timestamptz not null,
    changed_by text not null,
    person_id uuid
);
create index bank_status_changes_newest on bank_status_changes (bank_code, change_id desc);
-- Every workspace reads how a bank is; who said so is the operator's.
grant select (change_id, bank_code, status, message, changed_at) on bank_status_changes to bursar_app;
grant select on bank_status_changes to bursar_engine;
grant select, insert on bank_status_changes to bursar_desk;

-- How a bank is in one book: in test mode what the workspace itself said; in live mode the change that the book was told of last.
-- owner: Platform/MoneyOut
create table bank_statuses (
    workspace_id uuid not null,
    mode smallint not null,
    bank_code text not null,
    status text not null,
    message text,
    changed_at timestamptz not null,
    version bigint not null,
    primary key (workspace_id, mode, bank_code)
);
select guard_book('bank_statuses');
grant select on bank_statuses to bursar_app;
grant select, insert, update on bank_statuses to bursar_engine;

-- Who set an account as one that is paid again, and when last. It outlives the beneficiary: taking that away hides nobody.
-- owner: Platform/MoneyOut
create table payee_changes (
    workspace_id uuid not null,
    mode smallint not null,
    bank_code text not null,
    account_number text not null,
    person_id uuid not null,
    name text not null,
    changed_at timestamptz not null,
    primary key (workspace_id, mode, bank_code, account_number, person_id)
);
select guard_book('payee_changes');
grant select on payee_changes to bursar_app;
grant select, insert, update on payee_changes to bursar_engine;

-- Twins are looked for by account and amount; the same index finds all of an account.
drop index disbursements_account;
create index disbursements_account on disbursements (workspace_id, mode, account_number, amount, created_at desc)
    where account_number is not null;
alter table workspaces add column api_twins_need_approval boolean not null default false;

-- owner: Rooms/Payouts
create table beneficiaries (
    workspace_id uuid not null,
    mode smallint not null,
    beneficiary_id uuid not null,
    version int not null,
    name text not null,
    bank_code text not null,
    account_number text not null,
    account_holder text,
    email text,
    created_by text not null,
    created_at timestamptz not null,
    account_changed_by text not null,
    account_changed_at timestamptz not null,
    removed_at timestamptz,
    primary key (workspace_id, mode, beneficiary_id)
);
create unique index beneficiaries_account on beneficiaries (workspace_id, mode, bank_code, account_number) where removed_at is null;
create index beneficiaries_name on beneficiaries (workspace_id, mode, lower(name), beneficiary_id) where removed_at is null;
create index beneficiaries_text on beneficiaries using gin
    (workspace_id, (name || ' ' || coalesce(account_holder, '') || ' ' || account_number) gin_trgm_ops) where removed_at is null;
select guard_book('beneficiaries');
grant select on beneficiaries to bursar_app;
grant select, insert, update on beneficiaries to bursar_engine;
create policy owner on beneficiaries to bursar_owner using (workspace_id = current_workspace() and mode = current_mode());
create function find_beneficiaries(words text[], most int) returns setof uuid
language sql stable security definer set search_path = bursar, pg_temp as $$
    select beneficiary_id from beneficiaries
    where workspace_id = current_workspace() and mode = current_mode() and removed_at is null
        and (name || ' ' || coalesce(account_holder, '') || ' ' || account_number) ilike all (words)
    limit most
$$;
revoke all on function find_beneficiaries from public;
grant execute on function find_beneficiaries to bursar_app;

-- Whose account it is, as the bank said. A pending one is asked for again at next_ask.
-- owner: Rooms/Payouts
create table account_inquiries (
    workspace_id uuid not null,
    mode smallint not null,
    inquiry_id uuid not null,
    bank_code text not null,
    account_number text not null,
    status text not null,
    account_holder text,
    version int not null,
    created_at timestamptz not null,
    answered_at timestamptz,
    asks int not null default 1,
    next_ask timestamptz,
    primary key (workspace_id, mode, inquiry_id)
);
create index account_inquiries_account on account_inquiries (workspace_id, mode, bank_code, account_number, created_at desc);
-- The worker that asks again and the one that forgets look over all books.
create index account_inquiries_next on account_inquiries (next_ask) where next_ask is not null;
create index account_inquiries_old on account_inquiries (created_at);
select guard_book('account_inquiries');
grant select on account_inquiries to bursar_app;
grant select, insert, update, delete on account_inquiries to bursar_engine;
