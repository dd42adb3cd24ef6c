-- Rails tell whose account it is, and how banks are.
set local role bursar_owner;

-- The rail that was asked, which is asked again; before, only the simulator could be.
alter table account_inquiries add column rail text not null default 'simulator';
alter table account_inquiries alter column rail drop default;
-- A partner's callback knows the inquiry and no book.
create index account_inquiries_id on account_inquiries (inquiry_id);

-- What was last said of a live bank, by each who may: the operator, whose word counts until it is lifted, and rails by their names.
-- owner: Platform/MoneyOut
create table bank_status_words (
    bank_code text not null,
    source text not null,
    status text not null check (status in ('operational', 'disturbed', 'heavily_disturbed')),
    message text,
    said_at timestamptz not null,
    primary key (bank_code, source)
);
grant select, insert, update, delete on bank_status_words to bursar_desk;
grant select, insert, update on bank_status_words to bursar_engine;

-- Whose word made the change.
alter table bank_status_changes add column source text not null default 'operator';
alter table bank_status_changes alter column source drop default;
grant select (source) on bank_status_changes to bursar_app;
grant insert on bank_status_changes to bursar_engine;

-- What the operator has closed stays so, whatever rails say.
insert into bank_status_words (bank_code, source, status, message, said_at)
select bank_code, 'operator', status, message, changed_at
from (select distinct on (bank_code) * from bank_status_changes order by bank_code, change_id desc) newest
where status <> 'operational';
