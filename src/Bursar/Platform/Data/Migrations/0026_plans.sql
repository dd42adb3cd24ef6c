-- The operator keeps the plans: makes, changes and ends them, and says which one a workspace has (PRODUCT §12, S12).
set local role bursar_owner;

alter table plans add column version int not null default 1, add column ended_at timestamptz;
revoke insert, update on plans from bursar_desk;
grant insert, update on plans to bursar_engine;

-- Installation-wide: what a plan allowed at each time, and who said so.
-- owner: Rooms/Operator
create table plan_versions (
    name text not null,
    version int not null,
    policies_max int,
    keys_max int,
    evaluations_per_day int,
    usd_per_month int not null,
    ended boolean not null,
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (name, version)
);
insert into plan_versions
    select name, version, policies_max, keys_max, evaluations_per_day, usd_per_month, false, 'Bursar', now() from plans;
grant select on plan_versions to bursar_desk;
grant insert on plan_versions to bursar_engine;

create index workspaces_plan on workspaces (plan, name);
grant select (plan) on workspaces to bursar_desk;
