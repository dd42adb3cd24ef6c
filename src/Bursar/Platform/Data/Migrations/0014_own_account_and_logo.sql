-- What an operator changes of their own account, the language of those who apply, a company's logo.
set local role bursar_owner;

-- Operators have no book, so what they change of their own sign-in stands here; written once, never changed.
-- owner: Platform/Access
create table operator_acts (
    act_id uuid primary key,
    person_id uuid not null,
    type text not null,
    peer text not null,
    request_id uuid not null,
    at timestamptz not null
);
create index operator_acts_of_person on operator_acts (person_id, at desc);
grant select, insert on operator_acts to bursar_engine;

-- The language in which they applied: their workspace begins with it.
-- owner: Rooms/Operator
alter table applications add column language text not null default 'en' check (language in ('en', 'id'));

-- owner: Rooms/Workspaces
create table workspace_logos (
    workspace_id uuid primary key,
    media_type text not null,
    content bytea not null check (octet_length(content) <= 262144),
    saved_at timestamptz not null
);
select guard_workspace('workspace_logos');
grant select on workspace_logos to bursar_app;
grant select, insert, update, delete on workspace_logos to bursar_engine;
