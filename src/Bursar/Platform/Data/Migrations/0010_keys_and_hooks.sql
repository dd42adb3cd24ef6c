-- Keys that are bound to addresses and agents and can be replaced; the addresses of a whole mode; what keys last asked.
set local role bursar_owner;

alter table api_keys
    add column agent_ids text[] not null default '{}',
    add column ip_rules text[] not null default '{}',
    add column callback_secret text,
    add column replaced_by uuid,
    add column last_used_from text;

-- owner: Platform/Access
create table ip_rules (
    workspace_id uuid not null,
    mode smallint not null,
    rule_id uuid not null,
    range text not null,
    label text,
    created_at timestamptz not null,
    primary key (workspace_id, mode, rule_id)
);
create unique index ip_rules_once on ip_rules (workspace_id, mode, range);
select guard_book('ip_rules');
grant select on ip_rules to bursar_app;
grant select, insert, delete on ip_rules to bursar_engine;

-- The newest calls of each key; whoever writes some takes away what is older than the newest 200.
-- owner: Platform/Http
create table api_requests (
    workspace_id uuid not null,
    mode smallint not null,
    key_id uuid not null,
    at timestamptz not null,
    request_id uuid not null,
    method text not null,
    route text not null,
    status int not null,
    code text,
    duration_us int not null,
    peer text not null,
    primary key (workspace_id, mode, key_id, at, request_id)
);
select guard_book('api_requests');
grant select on api_requests to bursar_app;
grant select, insert, delete on api_requests to bursar_engine;
