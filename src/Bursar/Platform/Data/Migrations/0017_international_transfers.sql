-- What an international transfer needs before it is asked for: a quote, and the invoice behind a company's payment.
set local role bursar_owner;

-- owner: Rooms/Payouts
-- An offer as its client was shown it (JSON), good for one transfer.
create table quotes (
    workspace_id uuid not null,
    mode smallint not null,
    quote_id uuid not null,
    offer text not null,
    expires_at timestamptz not null,
    used_by uuid,
    primary key (workspace_id, mode, quote_id)
);
create index quotes_expiry on quotes (expires_at);
select guard_book('quotes');
grant select on quotes to bursar_app;
grant select, insert, update, delete on quotes to bursar_engine;

-- owner: Rooms/Payouts
-- Uploaded by members and keys, so never shown by the program itself: handed out as a file, or not at all.
create table attachments (
    workspace_id uuid not null,
    mode smallint not null,
    attachment_id uuid not null,
    name text not null,
    content bytea not null check (octet_length(content) between 1 and 10485760),
    uploaded_by text not null,
    created_at timestamptz not null,
    used_by uuid,
    primary key (workspace_id, mode, attachment_id)
);
create index attachments_unused on attachments (created_at) where used_by is null;
create index attachments_of on attachments (workspace_id, mode, used_by) where used_by is not null;
select guard_book('attachments');
grant select on attachments to bursar_app;
grant select, insert, update, delete on attachments to bursar_engine;
