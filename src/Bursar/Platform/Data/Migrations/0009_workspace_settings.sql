-- Settings of a workspace beyond the switches that decisions depend on.
set local role bursar_owner;

-- owner: Platform/Access
-- profile: legal name, address, tax number, contact; settlement_account: bank, number, holder. Read and written whole.
alter table workspaces
    add column date_order text not null default 'dmy' check (date_order in ('dmy', 'mdy', 'ymd')),
    add column clock_hours smallint not null default 24 check (clock_hours in (12, 24)),
    add column week_start text not null default 'monday' check (week_start in ('monday', 'sunday', 'saturday')),
    add column language text not null default 'en' check (language in ('en', 'id')),
    add column profile jsonb not null default '{}',
    add column notification_email text,
    add column low_deposit_alert bigint check (low_deposit_alert > 0),
    add column settlement_account jsonb;

-- owner: Platform/Access
-- What a person chose for themselves; null means as the workspace does.
alter table persons
    add column date_order text check (date_order in ('dmy', 'mdy', 'ymd')),
    add column clock_hours smallint check (clock_hours in (12, 24)),
    add column language text check (language in ('en', 'id'));

-- A book whose deposit is below its workspace's alert, and was warned of. Gone when it is above again.
-- owner: Rooms/Deposits
create table low_deposit_warnings (
    workspace_id uuid not null,
    mode smallint not null,
    warned_at timestamptz not null,
    primary key (workspace_id, mode)
);
select guard_book('low_deposit_warnings');
grant select, insert, delete on low_deposit_warnings to bursar_engine;
