-- What is sold abroad in live mode, and what the other side wants to know of a transfer on its way there (PRODUCT P6).
set local role bursar_owner;

-- Installation-wide: millionths of a rupiah for one whole unit of a currency, and until when that may be sold. Only grows; the newest row
-- of a currency counts. One that is withdrawn ends in the moment in which it was set.
-- owner: Platform/MoneyOut
create table live_rates (
    change_id bigint generated always as identity primary key,
    currency text not null,
    rate bigint not null check (rate > 0),
    set_at timestamptz not null,
    good_until timestamptz not null check (good_until between set_at and set_at + interval '7 days'),
    set_by text not null,
    person_id uuid not null
);
create index live_rates_newest on live_rates (currency, change_id desc);
-- Every workspace reads what is sold; who set it is the operator's.
grant select (change_id, currency, rate, set_at, good_until) on live_rates to bursar_app;
grant select, insert on live_rates to bursar_desk;

-- On what terms a destination is served; fee in rupiah, the bounds in minor units of its currency. Only grows, as above.
-- owner: Platform/MoneyOut
create table live_terms (
    change_id bigint generated always as identity primary key,
    country text not null,
    fee bigint not null check (fee >= 0),
    min_amount bigint not null check (min_amount > 0),
    max_amount bigint not null check (max_amount >= min_amount),
    speed text not null,
    cut_off text not null check (cut_off ~ '^[0-2][0-9]:[0-5][0-9]$'),
    active boolean not null,
    set_at timestamptz not null,
    set_by text not null,
    person_id uuid not null
);
create index live_terms_newest on live_terms (country, change_id desc);
grant select (change_id, country, fee, min_amount, max_amount, speed, cut_off, active, set_at) on live_terms to bursar_app;
grant select, insert on live_terms to bursar_desk;

-- A question of the other side about a transfer on its way. The files of an answer are attachments used by it.
-- owner: Rooms/Payouts
create table information_requests (
    workspace_id uuid not null,
    mode smallint not null,
    transfer_id uuid not null,
    request_id uuid not null,
    state text not null,
    version int not null,
    question text not null,
    asked_by text not null,
    asked_at timestamptz not null,
    due_at timestamptz not null,
    answer text,
    answered_by text,
    answered_at timestamptz,
    ended_at timestamptz,
    primary key (workspace_id, mode, transfer_id, request_id)
);
create unique index information_requests_id on information_requests (workspace_id, mode, request_id);
create index information_requests_unfinished on information_requests (mode, asked_at) where ended_at is null;
select guard_book('information_requests');
grant select on information_requests to bursar_app;
grant select, insert, update on information_requests to bursar_engine;

-- The operator sees what was asked and answered, and hands the files on: the invoice of a payment and what an answer brought.
create policy desk on information_requests to bursar_desk using (true);
grant select on information_requests to bursar_desk;
create policy desk on attachments to bursar_desk using (used_by is not null);
grant select (workspace_id, mode, attachment_id, name, content, used_by) on attachments to bursar_desk;
-- Whoever pays an order abroad by hand needs all of it.
grant select (detail) on disbursements to bursar_desk;
