-- Getting in: messages, invitations, operators and the applications of those who want to be let in.
set local role bursar_owner;

-- What goes out to people. No workspace: a forgotten password or a refused application belongs to none. The content is sealed, and null as soon as it
-- was sent, has failed or is of no use any more.
-- owner: Platform/Messages
create table messages (
    message_id uuid primary key,
    channel text not null,
    recipient text not null,
    content text,
    state text not null,
    tries int not null,
    due timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    sent_at timestamptz,
    error text
);
create index messages_due on messages (due) where due is not null;
create index messages_open on messages (expires_at) where content is not null;
create index messages_recipient on messages (recipient, created_at);
create index messages_newest on messages (created_at);
grant select, insert, update, delete on messages to bursar_engine;

-- An operator belongs to no workspace, and neither does their session.
alter table persons add column operator boolean not null default false;
alter table sessions alter column workspace_id drop not null, alter column member_id drop not null;
alter table sessions add constraint sessions_whole check ((workspace_id is null) = (member_id is null));
create index sessions_of_member on sessions (workspace_id, member_id);

-- An open invitation is a row that exists; its id becomes the member's. Accepted and revoked ones are in the journal.
-- owner: Platform/Access
create table invitations (
    workspace_id uuid not null,
    member_id uuid not null,
    email text not null,
    name text,
    phone text,
    role text not null,
    link_hash bytea not null,
    invited_by text not null,
    created_at timestamptz not null,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (workspace_id, member_id)
);
create unique index invitations_email on invitations (workspace_id, email);
select guard_workspace('invitations');
create policy desk on invitations for select to bursar_desk using (true);
grant select on invitations to bursar_app;
grant select (workspace_id, member_id, expires_at) on invitations to bursar_desk;
grant select, insert, update, delete on invitations to bursar_engine;

-- Directory: a link leads to its invitation before any workspace is known.
-- owner: Platform/Access
create table invitation_links (
    hash bytea primary key,
    workspace_id uuid not null,
    member_id uuid not null
);
grant select, insert, delete on invitation_links to bursar_engine;

-- owner: Rooms/Operator
create table applications (
    application_id uuid primary key,
    business text not null,
    name text not null,
    email text not null,
    phone text,
    about text,
    network text not null,
    state text not null,
    note text,
    decided_by uuid,
    decided_at timestamptz,
    workspace_id uuid,
    member_id uuid,
    created_at timestamptz not null
);
create unique index applications_waiting on applications (email) where state = 'waiting';
create index applications_newest on applications (state, created_at desc, application_id desc);
create index applications_lately on applications (created_at);
grant select, insert on applications to bursar_desk;
grant select, update on applications to bursar_engine;

create policy desk on workspaces for select to bursar_desk using (true);
grant select (workspace_id, name, live_active) on workspaces to bursar_desk;
