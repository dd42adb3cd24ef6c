-- What was delivered is dropped after a while (docs/operating.md); the events themselves stay in the journal.
set local role bursar_owner;

grant delete on deliveries, delivery_attempts to bursar_engine;
