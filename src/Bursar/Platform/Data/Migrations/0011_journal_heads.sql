-- The head of each book at the end of each day, signed with the installation's own key, so that a history written anew is found out
-- (docs/api/audit.md). Every signature covers the one before it.
set local role bursar_owner;

-- owner: Platform/Audit
create table journal_heads (
    workspace_id uuid not null,
    mode smallint not null,
    day date not null,
    position bigint not null,
    head bytea not null,
    signature bytea not null,
    signed_at timestamptz not null,
    primary key (workspace_id, mode, day)
);
select guard_book('journal_heads');
grant select on journal_heads to bursar_app;
grant select, insert on journal_heads to bursar_engine;
