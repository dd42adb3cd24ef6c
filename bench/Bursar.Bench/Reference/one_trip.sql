-- The reference: one transfer or spend as one transaction in one round trip, the form that is used where there is no posting lane.
-- It locks the book, checks idempotency, freezes, caps and balance, and writes the same rows as the lane, journal hash included.
-- Returns 0 booked, 1 stale facts, 2 key used before, 3 daily cap, 4 monthly cap, 5 not enough money, 6 agent frozen.
create or replace function bursar.bench_post(
    p_workspace uuid, p_mode smallint, p_control_version bigint, p_now timestamptz,
    p_principal uuid, p_credential uuid, p_person uuid, p_actor text, p_peer text, p_request uuid,
    p_route text, p_key text, p_request_hash bytea, p_response text,
    p_policy uuid, p_daily bigint, p_monthly bigint, p_hold_state text,
    p_id uuid, p_kind text, p_state text, p_amount bigint, p_fee bigint, p_amount_hold uuid, p_fee_hold uuid,
    p_bank text, p_destination text, p_account text, p_remark text, p_rail text, p_content_hash text, p_inputs text, p_detail text,
    p_agent text, p_merchant text, p_category text, p_reason text, p_handle uuid, p_authorized_until timestamptz,
    p_sat_issued timestamptz, p_completed timestamptz, p_receipt_due timestamptz, p_event uuid, p_event_type text, p_data text, p_for_rail boolean)
returns int language plpgsql set search_path = bursar, pg_temp as $$
declare
    b books; u usage; deposit accounts; payouts accounts; fees accounts; j journal; at timestamptz;
    held bigint := case when p_hold_state = 'held' then p_amount else 0 end;
    used bigint := case when p_hold_state = 'used' then p_amount else 0 end;
begin
    select * into b from books where workspace_id = p_workspace and mode = p_mode for update;
    if b.control_version <> p_control_version then return 1; end if;
    perform 1 from idempotency where workspace_id = p_workspace and mode = p_mode and principal = p_principal and route = p_route and key = p_key;
    if found then return 2; end if;
    at := greatest(p_now, b.last_booked_at);

    if p_agent is not null then
        perform 1 from agents where workspace_id = p_workspace and mode = p_mode and agent_id in (p_agent, '') and frozen_at is not null;
        if found then return 6; end if;
    end if;

    if p_hold_state is not null then
        select * into u from usage where workspace_id = p_workspace and mode = p_mode and policy_id = p_policy;
        if at >= u.day_end then
            u.day_start := u.day_end; u.day_end := u.day_end + interval '1 day'; u.day_held := 0; u.day_used := 0;
        end if;
        if at >= u.month_end then
            u.month_start := u.month_end; u.month_end := u.month_end + interval '1 month'; u.month_held := 0; u.month_used := 0;
        end if;
        if at >= u.minute_start + interval '1 minute' then u.minute_start := date_trunc('minute', at); u.minute_count := 0; end if;
        if at >= u.hour_start + interval '1 hour' then u.hour_start := date_trunc('hour', at); u.hour_count := 0; end if;
        if u.day_held + u.day_used + p_amount > p_daily then return 3; end if;
        if u.month_held + u.month_used + p_amount > p_monthly then return 4; end if;
    end if;

    if p_amount_hold is not null then
        select * into deposit from accounts where workspace_id = p_workspace and mode = p_mode and code = 2;
        if deposit.debits_pending + deposit.debits_posted + p_amount + p_fee > deposit.credits_posted + deposit.credit_limit then return 5; end if;
        update accounts set debits_pending = debits_pending + p_amount + p_fee, version = version + 2
        where workspace_id = p_workspace and mode = p_mode and code = 2 returning * into deposit;
        update accounts set credits_pending = credits_pending + p_amount, version = version + 1
        where workspace_id = p_workspace and mode = p_mode and code = 5 returning * into payouts;
        update accounts set credits_pending = credits_pending + p_fee, version = version + 1
        where workspace_id = p_workspace and mode = p_mode and code = 6 returning * into fees;
        insert into ledger_transfers values
            (p_workspace, p_mode, p_amount_hold, deposit.account_id, payouts.account_id, p_amount, 2, null, deposit.version - 1,
                deposit.debits_pending - p_fee, deposit.debits_posted, payouts.version, payouts.credits_pending, payouts.credits_posted, p_id, at),
            (p_workspace, p_mode, p_fee_hold, deposit.account_id, fees.account_id, p_fee, 2, null, deposit.version,
                deposit.debits_pending, deposit.debits_posted, fees.version, fees.credits_pending, fees.credits_posted, p_id, at);
    end if;

    if p_hold_state is not null then
        update usage set day_start = u.day_start, day_end = u.day_end, day_held = u.day_held + held, day_used = u.day_used + used,
            month_start = u.month_start, month_end = u.month_end, month_held = u.month_held + held, month_used = u.month_used + used,
            minute_start = u.minute_start, minute_count = u.minute_count + 1, hour_start = u.hour_start, hour_count = u.hour_count + 1
        where workspace_id = p_workspace and mode = p_mode and policy_id = p_policy;
        insert into usage_holds values (p_workspace, p_mode, p_id, p_policy, p_amount, u.day_start, u.month_start, p_hold_state);
    end if;

    insert into disbursements (workspace_id, mode, disbursement_id, kind, state, version, amount, currency, fee, bank_code, destination_type,
        account_number, remark, maker_name, maker_kind, maker_principal, maker_credential, maker_person, created_via, rail, content_hash,
        decision_inputs, amount_hold, fee_hold, detail, created_at, changed_at, completed_at, agent_id, merchant, category, reason, handle_id,
        authorized_until, sat_issued_at, receipt_due)
    values (p_workspace, p_mode, p_id, p_kind, p_state, 1, p_amount, 'IDR', p_fee, p_bank, p_destination,
        p_account, p_remark, p_actor, 1, p_principal, p_credential, p_person, 'api', p_rail, p_content_hash,
        p_inputs, p_amount_hold, p_fee_hold, p_detail, at, at, p_completed, p_agent, p_merchant, p_category, p_reason, p_handle,
        p_authorized_until, p_sat_issued, p_receipt_due);

    j := row(p_workspace, p_mode, b.journal_position + 1, p_event, at, true, p_event_type, p_id, 1, 1, p_principal, p_credential,
        p_actor, p_peer, p_request, p_data, '\x'::bytea)::journal;
    j.hash := journal_hash(b.journal_head, j);
    insert into journal values (j.*);
    if p_for_rail then
        insert into outbox (workspace_id, mode, position, consumer, subject, due) values (p_workspace, p_mode, j.position, 1, p_id, at);
    end if;
    insert into idempotency values (p_workspace, p_mode, p_principal, p_route, p_key, p_request_hash, 201, p_response, at);
    update books set last_booked_at = at, journal_position = j.position, journal_head = j.hash where workspace_id = p_workspace and mode = p_mode;
    return 0;
end $$;
