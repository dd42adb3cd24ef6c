-- Agent spends (PRODUCT §10): what an agent asks is a disbursement; beside it stand agents, handles, receipts, anomalies, votes, plans.
set local role bursar_owner;

alter table disbursements
    add column agent_id text,
    add column merchant text,
    add column category text,
    add column reason text,
    add column handle_id uuid,
    add column authorized_until timestamptz,
    add column sat_issued_at timestamptz,
    add column sat_consumed_at timestamptz,
    add column receipt_due timestamptz;
create index disbursements_agent on disbursements (workspace_id, mode, agent_id, created_at desc, disbursement_id desc) where agent_id is not null;
create index disbursements_merchant on disbursements (workspace_id, mode, merchant, created_at desc) where merchant is not null;
create index disbursements_authorized on disbursements (authorized_until) where state = 'approved' and authorized_until is not null;
create index disbursements_receipt_due on disbursements (receipt_due) where receipt_due is not null;

-- An agent spend has no account, remark or reference, and is seldom looked for by amount: its rows stay out of these.
drop index disbursements_account;
create index disbursements_account on disbursements (workspace_id, mode, account_number, created_at desc) where account_number is not null;
drop index disbursements_amount;
create index disbursements_amount on disbursements (workspace_id, mode, kind, amount, created_at desc) where kind <> 'agent_spend';
drop index disbursements_text;
create index disbursements_text on disbursements using gin
    (workspace_id, (coalesce(recipient_name, '') || ' ' || coalesce(remark, '')) gin_trgm_ops) where kind <> 'agent_spend';
create or replace function find_disbursements(words text[], most int) returns setof uuid
language sql stable security definer set search_path = bursar, pg_temp as $$
    select disbursement_id from disbursements
    where workspace_id = current_workspace() and mode = current_mode() and kind <> 'agent_spend'
        and (coalesce(recipient_name, '') || ' ' || coalesce(remark, '')) ilike all (words)
    order by created_at desc, disbursement_id desc
    limit most
$$;

-- What was used where it is not what was held: a receipt told another amount, or a member gave some back.
alter table usage_holds add column used bigint check (used >= 0);

-- What made a version besides a change: a restoration (of which), or putting the policy away.
alter table policy_versions add column act text check (act in ('restored', 'archived')), add column restored_from int;

-- Who watches a budget is told once a period that 80 % of its cap are gone.
alter table usage add column day_warned boolean not null default false, add column month_warned boolean not null default false;

-- An approval that needs several people counts them here; the right of each is read again when the last one decides.
alter table approvals add column quorum int not null default 1 check (quorum between 1 and 5);

-- owner: Platform/Control
create table approval_votes (
    workspace_id uuid not null,
    mode smallint not null,
    approval_id uuid not null,
    member_id uuid not null,
    person_id uuid not null,
    name text not null,
    voted_at timestamptz not null,
    lapsed boolean not null default false,
    primary key (workspace_id, mode, approval_id, person_id)
);
select guard_book('approval_votes');
grant select on approval_votes to bursar_app;
grant select, insert, update on approval_votes to bursar_engine;

-- A callback is a delivery with its own address and text, through an endpoint that stands for all callbacks of one key's principal.
alter table webhook_endpoints add column of_key uuid;
alter table deliveries add column url text, add column body text;

-- When the next e-mail about waiting approvals may go out: rarer while more come, so that no mailbox is flooded.
-- owner: Rooms/Approvals
create table approval_mails (
    workspace_id uuid not null,
    mode smallint not null,
    next_at timestamptz not null,
    wait interval not null,
    primary key (workspace_id, mode)
);
select guard_book('approval_mails');
grant select, insert, update on approval_mails to bursar_engine;

-- The empty agent id stands for all agents of the book: freezing it freezes every one.
-- owner: Rooms/Spending
create table agents (
    workspace_id uuid not null,
    mode smallint not null,
    agent_id text not null,
    first_seen_at timestamptz not null,
    frozen_at timestamptz,
    frozen_by text,
    primary key (workspace_id, mode, agent_id)
);
select guard_book('agents');
grant select on agents to bursar_app;
grant select, insert, update on agents to bursar_engine;

-- owner: Rooms/Spending
create table handles (
    workspace_id uuid not null,
    mode smallint not null,
    handle_id uuid not null,
    version int not null default 1,
    name text not null,
    type text not null check (type in ('sdk_guard', 'external_executor', 'managed')),
    is_default boolean not null default false,
    auto_execute boolean not null default false,
    sat_seconds int not null default 120 check (sat_seconds between 10 and 900),
    authorization_seconds int not null default 86400 check (authorization_seconds between 60 and 604800),
    url text,
    url_changed_at timestamptz,
    auth_token text,
    signing_secret text,
    next_signing_secret text,
    next_secret_from timestamptz,
    managed_bank text,
    managed_account text,
    managed_holder text,
    health_status text,
    health_http_status int,
    health_detail text,
    health_checked_at timestamptz,
    health_latency_ms int,
    archived boolean not null default false,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (workspace_id, mode, handle_id)
);
create unique index handles_default on handles (workspace_id, mode) where is_default and not archived;
select guard_book('handles');
grant select on handles to bursar_app;
grant select, insert, update on handles to bursar_engine;
insert into handles (workspace_id, mode, handle_id, name, type, is_default, created_at, changed_at)
    select workspace_id, mode, gen_random_uuid(), 'SDK guard', 'sdk_guard', true, last_booked_at, last_booked_at from books;
comment on column handles.url is 'sealed, as are auth_token and both signing secrets';

-- What the other side calls the payment.
alter table attempts add column provider_reference text;

-- Transfers that a policy refused have no row of their own: the list of decisions finds them in the journal.
create index journal_denied on journal (workspace_id, mode, booked_at desc, event_id desc) where type = 'decision.denied';

-- What an agent says it paid: one to an authorization.
-- owner: Rooms/Spending
create table receipts (
    workspace_id uuid not null,
    mode smallint not null,
    receipt_id uuid not null,
    disbursement_id uuid not null,
    rail_id text not null,
    provider_transaction_id text not null,
    actual_amount bigint not null check (actual_amount between 1 and 1000000000000000),
    actual_currency text not null,
    actual_merchant text,
    with_sat boolean not null,
    created_at timestamptz not null,
    primary key (workspace_id, mode, receipt_id),
    unique (workspace_id, mode, disbursement_id)
);
create index receipts_provider on receipts (workspace_id, mode, rail_id, provider_transaction_id);
select guard_book('receipts');
grant select on receipts to bursar_app;
grant select, insert on receipts to bursar_engine;

-- A contradiction somebody must look at; each kind once to a disbursement.
-- owner: Rooms/Spending
create table anomalies (
    workspace_id uuid not null,
    mode smallint not null,
    anomaly_id uuid not null,
    kind text not null,
    disbursement_id uuid not null,
    agent_id text,
    state text not null,
    version int not null,
    detail text not null,
    note text,
    resolved_by text,
    opened_at timestamptz not null,
    resolved_at timestamptz,
    primary key (workspace_id, mode, anomaly_id),
    unique (workspace_id, mode, disbursement_id, kind)
);
create index anomalies_newest on anomalies (workspace_id, mode, opened_at desc, anomaly_id desc);
create index anomalies_open on anomalies (workspace_id, mode, opened_at desc) where state = 'open';
select guard_book('anomalies');
grant select on anomalies to bursar_app;
grant select, insert, update on anomalies to bursar_engine;

-- Installation-wide: the keys that sign spend authorization tokens; the private half is sealed.
-- owner: Rooms/Spending
create table sat_keys (
    mode smallint not null,
    kid text not null,
    private_key text not null,
    created_at timestamptz not null,
    signs_from timestamptz not null,
    signs_until timestamptz,
    published_until timestamptz,
    revoked_at timestamptz,
    primary key (mode, kid)
);
grant select, insert, update on sat_keys to bursar_engine;

-- Installation-wide: what each plan allows; null is without limit (PRODUCT S12). The operator edits it.
-- owner: Platform/Access
create table plans (
    name text primary key,
    policies_max int,
    keys_max int,
    evaluations_per_day int,
    usd_per_month int not null
);
insert into plans values ('free', 1, 1, 100, 0), ('pro', null, null, null, 29);
grant select on plans to bursar_app, bursar_engine, bursar_desk;
grant insert, update on plans to bursar_desk;

-- Evaluations of a calendar day, counted where a plan limits them.
-- owner: Platform/Control
create table plan_usage (
    workspace_id uuid not null,
    mode smallint not null,
    day_start timestamptz not null,
    day_end timestamptz not null,
    evaluations int not null,
    primary key (workspace_id, mode)
) with (fillfactor = 50);
select guard_book('plan_usage');
grant select on plan_usage to bursar_app;
grant select, insert, update on plan_usage to bursar_engine;
