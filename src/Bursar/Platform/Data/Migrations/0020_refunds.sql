-- Money that somebody asked to give back (PRODUCT P8, decision 53).
set local role bursar_owner;

-- The refund of a top-up is paid by the disbursement of the same id; that of a transfer takes the transfer back.
-- owner: Rooms/Payouts
create table refunds (
    workspace_id uuid not null,
    mode smallint not null,
    refund_id uuid not null,
    kind text not null check (kind in ('top_up', 'transfer')),
    resource uuid not null,
    state text not null check (state in ('requested', 'approved', 'rejected', 'succeeded', 'failed')),
    version int not null,
    amount bigint not null check (amount between 1 and 1000000000000000),
    currency text not null,
    reason text not null,
    bank_code text,
    account_number text,
    requested_by text not null,
    approval_id uuid not null,
    failure_reason text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    completed_at timestamptz,
    primary key (workspace_id, mode, refund_id)
) with (fillfactor = 70);
create index refunds_newest on refunds (workspace_id, mode, created_at desc, refund_id desc);
create index refunds_resource on refunds (workspace_id, mode, resource);
select guard_book('refunds');
grant select on refunds to bursar_app;
grant select, insert, update on refunds to bursar_engine;
