-- Where money comes in, what the bank says of it, and whose it is (docs/statements.md, decision 47).
set local role bursar_owner;

-- Installation-wide: every workspace pays into the same few accounts. The number names the account in the house ledger.
-- owner: Platform/MoneyIn
create table receiving_accounts (
    mode smallint not null check (mode in (1, 2)),
    account text not null,
    number smallint not null check (number between 1 and 9999),
    bank_code text not null,
    bank_name text not null,
    holder text not null,
    va_prefix text,
    active boolean not null,
    csv_format text,
    created_at timestamptz not null,
    primary key (mode, account),
    unique (mode, number)
);
create unique index receiving_accounts_bank on receiving_accounts (mode, bank_code) where active;
grant select on receiving_accounts to bursar_app;
grant select, insert, update on receiving_accounts to bursar_engine;

-- The simulator's own banks: test mode needs nobody to set it up.
insert into receiving_accounts (mode, account, number, bank_code, bank_name, holder, va_prefix, active, created_at) values
    (1, '5270990001', 1, 'bca', 'BCA', 'Bursar Simulator', '39018', true, now()),
    (1, '1370099900012', 2, 'mandiri', 'Mandiri', 'Bursar Simulator', '89018', true, now()),
    (1, '020601999000304', 3, 'bri', 'BRI', 'Bursar Simulator', null, true, now()),
    (1, '8099900015', 4, 'bni', 'BNI', 'Bursar Simulator', null, true, now());

-- Installation-wide, because the bank knows the number and not the workspace. One is never given twice.
-- owner: Platform/MoneyIn
create table virtual_accounts (
    mode smallint not null,
    va_number text not null,
    workspace_id uuid not null,
    collection_id uuid not null,
    primary key (mode, va_number)
);
grant select, insert on virtual_accounts to bursar_engine;

alter table collections add column virtual_account text, add column received_line uuid;
create unique index collections_line on collections (workspace_id, mode, received_line) where received_line is not null;
-- Statement lines look for their top-up over all workspaces.
create index collections_receiving on collections (mode, receiving_account, created_at);

-- owner: Platform/Statements
create table statement_imports (
    workspace_id uuid not null,
    mode smallint not null,
    import_id uuid not null,
    account text not null,
    file_name text not null,
    file_hash text not null,
    format text not null,
    first_day date,
    last_day date,
    lines int not null,
    new_lines int not null,
    matched int not null,
    imported_by text not null,
    imported_at timestamptz not null,
    primary key (workspace_id, mode, import_id)
);
create index statement_imports_newest on statement_imports (workspace_id, mode, imported_at desc, import_id desc);
select guard_book('statement_imports');
grant select on statement_imports to bursar_app;
grant select, insert on statement_imports to bursar_engine;

-- owner: Platform/Statements
create table statement_lines (
    workspace_id uuid not null,
    mode smallint not null,
    line_id uuid not null,
    account text not null,
    fingerprint text not null,
    booked_on date not null,
    amount bigint not null check (amount <> 0),
    description text not null,
    counterparty text,
    counterparty_account text,
    bank_reference text,
    end_to_end_id text,
    import_id uuid not null,
    row_number int not null,
    state text not null,
    version int not null,
    owner_workspace uuid,
    collection_id uuid,
    hold uuid,
    note text,
    changed_at timestamptz not null,
    primary key (workspace_id, mode, line_id),
    check ((state in ('matching', 'matched')) = (collection_id is not null))
) with (fillfactor = 70);
-- A line is there once, however often and in however many files it comes; a top-up is paid by one line.
create unique index statement_lines_once on statement_lines (workspace_id, mode, account, fingerprint);
create unique index statement_lines_top_up on statement_lines (workspace_id, mode, collection_id) where state = 'matched';
create index statement_lines_day on statement_lines (workspace_id, mode, account, booked_on);
create index statement_lines_state on statement_lines (workspace_id, mode, state, booked_on desc, line_id desc);
select guard_book('statement_lines');
grant select on statement_lines to bursar_app;
grant select, insert, update on statement_lines to bursar_engine;

-- What the bank says an account held before and after each day of which a line or an end of a statement is known.
-- owner: Platform/Statements
create table statement_days (
    workspace_id uuid not null,
    mode smallint not null,
    account text not null,
    day date not null,
    opening bigint not null,
    closing bigint not null,
    lines int not null,
    primary key (workspace_id, mode, account, day)
);
select guard_book('statement_days');
grant select on statement_days to bursar_app;
grant select, insert, update on statement_days to bursar_engine;
