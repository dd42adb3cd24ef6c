-- Rails that the operator sets up: their settings, what they carry, what was handed to them, what their partners and files said.
set local role bursar_owner;

-- A name is never given twice, so rows stay. The settings are one sealed JSON object.
-- owner: Platform/MoneyOut
create table rails (
    name text primary key,
    mode smallint not null,
    adapter text not null,
    settings text not null,
    refused_callbacks bigint not null default 0,
    made_by text not null,
    made_at timestamptz not null,
    suspended_at timestamptz,
    suspended_by text
);

-- owner: Platform/MoneyOut
create table rail_routes (
    mode smallint not null,
    kind text not null,
    rail text not null references rails,
    primary key (mode, kind)
);

-- The bytes that were made once are what is downloaded ever after.
-- owner: Platform/MoneyOut
create table payment_files (
    file_id uuid primary key,
    rail text not null references rails,
    payments int not null,
    total bigint not null,
    content bytea not null,
    made_by text not null,
    made_at timestamptz not null
);
create index payment_files_newest on payment_files (made_at desc);

-- What was handed to such a rail: whose it is, by the reference that the other side knows. One row an order, so that no order is handed
-- over twice; its file is set once.
-- owner: Platform/MoneyOut
create table rail_orders (
    disbursement_id uuid primary key,
    workspace_id uuid not null,
    mode smallint not null,
    rail text not null references rails,
    handed_at timestamptz not null,
    file_id uuid references payment_files,
    done_at timestamptz,
    contradiction text,
    contradicted_at timestamptz,
    explained_at timestamptz,
    explanation text
);
create index rail_orders_open on rail_orders (rail, handed_at) where done_at is null;
create index rail_orders_done on rail_orders (rail, done_at desc) where done_at is not null;
create index rail_orders_filed on rail_orders (file_id) where file_id is not null;
create index rail_orders_contradicted on rail_orders (contradicted_at) where contradicted_at is not null and explained_at is null;

-- Signed callbacks about orders that are not known here (yet): kept a day, applied if the order appears.
-- owner: Platform/MoneyOut
create table parked_callbacks (
    rail text not null references rails,
    disbursement_id uuid not null,
    verdict text not null,
    answer text not null,
    received_at timestamptz not null,
    primary key (rail, disbursement_id, verdict)
);

grant select on rails, rail_routes, payment_files, rail_orders to bursar_engine, bursar_desk;
grant insert on rails to bursar_desk;
grant update (settings, suspended_at, suspended_by) on rails to bursar_desk;
grant update (refused_callbacks) on rails to bursar_engine;
grant insert, update, delete on rail_routes to bursar_desk;
grant insert, update on rail_orders to bursar_engine;
grant insert on payment_files to bursar_engine;
grant update (explained_at, explanation) on rail_orders to bursar_desk;
grant select, insert, delete on parked_callbacks to bursar_engine;

-- The operator sees what waits at a rail or has no known outcome, in all books: what a rail needs to know of it, and whose it is.
create policy desk on disbursements to bursar_desk using (true);
grant select (workspace_id, mode, disbursement_id, kind, state, amount, currency, bank_code, destination_type, account_number, recipient_name,
    remark, rail, failure_reason, created_at, changed_at, completed_at) on disbursements to bursar_desk;
create index disbursements_unknown on disbursements (mode, changed_at) where state = 'unknown';
