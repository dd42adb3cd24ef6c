-- The lease of a delivery worker is on the endpoint: two sends at once to it at most, in all processes, and no write to claim each row.
set local role bursar_owner;

alter table webhook_endpoints add column leased_until timestamptz;

-- What an endpoint still has to get, in order; finding it does not slow down with what was delivered.
drop index deliveries_due;
create index deliveries_waiting on deliveries (workspace_id, mode, endpoint_id, due) where due is not null;
