-- Who may do what in the database, and how a row knows whose it is. Names are cluster-wide, hence the prefix.
do $$
declare r text;
begin
    foreach r in array array['bursar_owner', 'bursar_app', 'bursar_engine', 'bursar_desk'] loop
        if not exists (select from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
        execute format('grant %I to current_user', r);
    end loop;
    -- The owner makes the extensions and tables; nobody else may create anything.
    execute format('grant create on database %I to bursar_owner', current_database());
end $$;
alter schema bursar owner to bursar_owner;
grant usage on schema bursar to bursar_app, bursar_engine, bursar_desk;
set local role bursar_owner;

create extension if not exists pg_trgm with schema bursar;
create extension if not exists btree_gin with schema bursar;

-- The workspace and mode of this transaction; null when none was set, also on a pooled connection that keeps an empty string.
create function current_workspace() returns uuid language sql stable as
    $$ select nullif(current_setting('bursar.workspace', true), '')::uuid $$;
create function current_mode() returns smallint language sql stable as
    $$ select nullif(current_setting('bursar.mode', true), '')::smallint $$;

-- Gives a table of (workspace_id, mode) rows its guard: handlers see one book, the posting engine all.
create function guard_book(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy app on %s to bursar_app using (workspace_id = current_workspace() and mode = current_mode())', t);
    execute format('create policy engine on %s to bursar_engine using (true)', t);
end $$;

-- The same for rows that both modes of a workspace share.
create function guard_workspace(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy app on %s to bursar_app using (workspace_id = current_workspace())', t);
    execute format('create policy engine on %s to bursar_engine using (true)', t);
end $$;

-- The outside form of an id, for people at psql: select outside('tr_', id) …
create function outside(prefix text, id uuid) returns text language plpgsql immutable as $$
declare bits bit(130) := (b'00' || ('x' || replace(id::text, '-', ''))::bit(128))::bit(130); text text := prefix;
begin
    for i in 0..25 loop
        text := text || substr('0123456789abcdefghjkmnpqrstvwxyz', (substring(bits from i * 5 + 1 for 5))::int + 1, 1);
    end loop;
    return text;
end $$;
