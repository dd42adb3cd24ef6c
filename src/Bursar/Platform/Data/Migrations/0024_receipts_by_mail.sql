-- What goes with a mail, by name: made when the mail is sent, forgotten with its text (decision 58).
set local role bursar_owner;

alter table messages add column file text;
