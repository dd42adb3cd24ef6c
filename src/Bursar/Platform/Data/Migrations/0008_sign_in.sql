-- How people prove who they are: tries and waits, second factor, one-time codes, forgotten passwords, step-up.
set local role bursar_owner;

-- Tries are counted by what is tried and from where (sign_in_tries), not by person.
alter table persons drop column failed_tries, drop column locked_until,
    add column phone_confirmed_at timestamptz,
    add column code_channel text not null default 'email';

-- stepped_up_at: the password was shown again; coded_at: a one-time code was, which the next act that needs one uses up.
alter table sessions add column coded_at timestamptz;
create unique index sessions_by_id on sessions (session_id);

alter table workspaces add column page_money_needs_code boolean not null default false;

-- Failed sign-ins of an account, an address, and an account from an address; scope is the SHA-256 of that, also of accounts that do not exist.
-- owner: Platform/Access
create table sign_in_tries (
    scope bytea primary key,
    failures int not null,
    waits_until timestamptz,
    known_until timestamptz,
    changed_at timestamptz not null
);
create index sign_in_tries_age on sign_in_tries (changed_at);
grant select, insert, update, delete on sign_in_tries to bursar_engine;

-- owner: Platform/Access
create table second_factors (
    person_id uuid primary key,
    secret text not null,
    confirmed_at timestamptz,
    last_step bigint not null default 0,
    created_at timestamptz not null
);
grant select, insert, update, delete on second_factors to bursar_engine;

-- owner: Platform/Access
create table recovery_codes (
    person_id uuid not null,
    hash bytea not null,
    primary key (person_id, hash)
);
grant select, insert, delete on recovery_codes to bursar_engine;

-- The one open code of a person for a purpose; the row stays when the code is used, because it bounds how often another one is sent.
-- owner: Platform/Access
create table one_time_codes (
    person_id uuid not null,
    purpose text not null,
    session_id uuid not null,
    channel text not null,
    destination text not null,
    hash bytea,
    tries int not null,
    sends int not null,
    first_sent_at timestamptz not null,
    sent_at timestamptz not null,
    primary key (person_id, purpose)
);
grant select, insert, update, delete on one_time_codes to bursar_engine;

-- Somebody asked for a new password; written alike for accounts that do not exist.
-- owner: Platform/Access
create table password_asks (
    ask_id uuid primary key,
    email text not null,
    peer text not null,
    asked_at timestamptz not null
);
-- UPDATE only because taking rows FOR UPDATE SKIP LOCKED needs it.
grant select, insert, update, delete on password_asks to bursar_engine;

-- owner: Platform/Access
create table password_links (
    hash bytea primary key,
    person_id uuid not null,
    created_at timestamptz not null
);
create index password_links_of_person on password_links (person_id);
grant select, insert, delete on password_links to bursar_engine;
