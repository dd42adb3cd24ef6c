-- People and keys. Directory tables (no row-level security) answer "who is calling" before a workspace is known; only the
-- definer functions below read them for the app.
set local role bursar_owner;

-- owner: Platform/Access
create table workspaces (
    workspace_id uuid primary key,
    name text not null,
    zone text not null default 'Asia/Jakarta',
    plan text not null default 'pro',
    live_active boolean not null default false,
    separation_of_duties boolean not null default true,
    api_transfers_need_approval boolean not null default false,
    created_at timestamptz not null
);
select guard_workspace('workspaces');
grant select on workspaces to bursar_app;
grant select, insert, update on workspaces to bursar_engine;

-- owner: Platform/Access
create table persons (
    person_id uuid primary key,
    email text not null unique,
    name text not null,
    phone text,
    password_hash text,
    failed_tries int not null default 0,
    locked_until timestamptz,
    theme text,
    created_at timestamptz not null
);
grant select, insert, update on persons to bursar_engine;

-- owner: Platform/Access
create table members (
    workspace_id uuid not null,
    member_id uuid not null,
    person_id uuid not null,
    role text not null,
    state text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz,
    primary key (workspace_id, member_id)
);
create unique index members_person on members (workspace_id, person_id) where state <> 'removed';
create index members_of_person on members (person_id);
select guard_workspace('members');
grant select on members to bursar_app;
grant select, insert, update on members to bursar_engine;

-- owner: Platform/Access
create table sessions (
    token_hash bytea primary key,
    session_id uuid not null,
    person_id uuid not null,
    workspace_id uuid not null,
    member_id uuid not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    stepped_up_at timestamptz,
    peer text not null,
    agent text not null
);
create index sessions_of_person on sessions (person_id);
grant select, insert, update, delete on sessions to bursar_engine;

-- owner: Platform/Access
create table api_keys (
    workspace_id uuid not null,
    mode smallint not null,
    key_id uuid not null,
    principal uuid not null,
    name text not null,
    scope text not null,
    can_write_policies boolean not null,
    made_by uuid not null,
    hash bytea not null,
    prefix text not null,
    last4 text not null,
    sealed bytea,
    state text not null,
    expires_at timestamptz,
    created_at timestamptz not null,
    last_used_at timestamptz,
    primary key (workspace_id, mode, key_id)
);
select guard_book('api_keys');
grant select on api_keys to bursar_app;
grant select, insert, update on api_keys to bursar_engine;

-- owner: Platform/Access
create table key_directory (
    hash bytea primary key,
    workspace_id uuid not null,
    mode smallint not null,
    key_id uuid not null
);
grant select, insert, delete on key_directory to bursar_engine;

-- Sealed secrets of the installation: data-protection ring, canary. Never a tenant's.
-- owner: Platform/Access
create table installation_secrets (
    name text primary key,
    value text not null,
    created_at timestamptz not null
);
grant select, insert on installation_secrets to bursar_engine;
