-- A caller alone: one event with its receipt. No arrays to take apart, no block to undo, nothing to decide between.

-- Appends one event with its receipt, by the steps of log.append and under the same lock.
--
-- The position is null when the stream does not have that version. A stream that has the number already, or a key that
-- has a receipt, fails on its unique index; nothing is written then, and log.append says which it was.
create function log.append_one(
    stream_id uuid,
    seq integer,
    stream_type text,
    type text,
    revision smallint,
    event_id uuid,
    occurred_at timestamptz,
    payload bytea,
    metadata bytea,
    principal uuid,
    key text,
    fingerprint bytea,
    outcome bytea,
    out appended bigint,
    out recorded timestamptz
)
language plpgsql
volatile
as $$
#variable_conflict use_variable
declare
    last_recorded timestamptz;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'log.append_one needs READ COMMITTED, not %', current_setting('transaction_isolation');
    end if;

    -- The append lock of this database: the bytes of CHRONLOG. As a condition it is an expression, which costs a
    -- fraction of a statement; so is what is computed below.
    if pg_advisory_xact_lock(4848215499433856839) is null then
        raise exception 'the append lock was not given';
    end if;

    select e.position, e.recorded_at into appended, last_recorded
    from log.event e order by e.position desc limit 1;

    if seq > 0 and not exists (select from log.event e where e.stream_id = stream_id and e.seq = seq - 1) then
        appended := null;
        return;
    end if;

    appended := coalesce(appended, 0) + 1;

    -- after the lock, never before the last event, and after every instant that was answered for
    recorded := greatest(
        last_recorded, clock_timestamp(),
        'epoch'::timestamptz
            + (coalesce(pg_sequence_last_value('log.answered_until'), 0) + 1) * interval '1 microsecond'
    );

    insert into log.event (
        position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type, type, payload, metadata
    )
    values (
        appended, recorded, coalesce(occurred_at, recorded), stream_id, event_id, seq, revision, stream_type, type,
        payload, metadata
    );

    insert into log.receipt (recorded_at, first_position, last_position, principal, key, fingerprint, outcome)
    values (recorded, appended, appended, principal, key, fingerprint, outcome);
end
$$;

revoke all on function log.append_one from public;
grant execute on function log.append_one to chronodesk_write;
