-- What Bursar sends: endpoints, and one delivery row per event and endpoint. Retries live here, never in memory.
set local role bursar_owner;

-- owner: Platform/Webhooks
create table webhook_endpoints (
    workspace_id uuid not null,
    mode smallint not null,
    endpoint_id uuid not null,
    url text not null,
    events text[] not null,
    product text,
    state text not null,
    secret text not null,
    previous_secret text,
    previous_until timestamptz,
    failing_since timestamptz,
    created_at timestamptz not null,
    primary key (workspace_id, mode, endpoint_id)
);
create unique index webhook_endpoints_product on webhook_endpoints (workspace_id, mode, product)
    where product is not null and state <> 'removed';
select guard_book('webhook_endpoints');
grant select on webhook_endpoints to bursar_app;
grant select, insert, update on webhook_endpoints to bursar_engine;

-- owner: Platform/Webhooks
create table validation_tokens (
    workspace_id uuid not null,
    mode smallint not null,
    token text not null,
    created_at timestamptz not null,
    primary key (workspace_id, mode)
);
select guard_book('validation_tokens');
grant select on validation_tokens to bursar_app;
grant select, insert, update on validation_tokens to bursar_engine;

-- owner: Platform/Webhooks
create table deliveries (
    workspace_id uuid not null,
    mode smallint not null,
    delivery_id uuid not null,
    endpoint_id uuid not null,
    event_id uuid not null,
    event_type text not null,
    position bigint not null,
    state text not null,
    tries int not null default 0,
    due timestamptz,
    leased_until timestamptz,
    created_at timestamptz not null,
    delivered_at timestamptz,
    primary key (workspace_id, mode, delivery_id)
);
create unique index deliveries_once on deliveries (workspace_id, mode, position, endpoint_id);
create index deliveries_due on deliveries (due) where due is not null;
create index deliveries_newest on deliveries (workspace_id, mode, created_at desc, delivery_id desc);
select guard_book('deliveries');
grant select on deliveries to bursar_app;
grant select, insert, update on deliveries to bursar_engine;

-- owner: Platform/Webhooks
create table delivery_attempts (
    workspace_id uuid not null,
    mode smallint not null,
    delivery_id uuid not null,
    number int not null,
    at timestamptz not null,
    status int,
    duration_ms int not null,
    error text,
    primary key (workspace_id, mode, delivery_id, number)
);
select guard_book('delivery_attempts');
grant select on delivery_attempts to bursar_app;
grant select, insert on delivery_attempts to bursar_engine;
