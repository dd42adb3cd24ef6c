-- Answers are kept for 30 days (API.md), then a client's key is free; its reference stays taken for good. The rows lie in the order of their
-- time, so an index of block ranges finds the oldest and costs the inserts next to nothing.
set local role bursar_owner;

create index idempotency_age on idempotency using brin (created_at) with (pages_per_range = 16);
