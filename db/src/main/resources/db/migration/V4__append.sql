-- log.append anew: the same promise for less work (docs/adr/0007).

drop function log.append(
    integer[], uuid[], integer[], text[], text[], smallint[], uuid[], timestamptz[], bytea[], bytea[], integer[], uuid[],
    text[], bytea[], bytea[]
);

-- Keys are compared as bytes: only equality counts, and a language's order is dear.
alter table log.receipt alter column key type text collate "C";

-- Appends a batch: each append wholly or not at all, whatever becomes of its neighbours.
--
-- Events come as arrays of equal length, ordered by append_no (from 1). What streams and events are called comes once
-- for each kind (stream_types, types, revisions), and kind says which of them an event is. continued_* name the streams
-- that appends go on with, and the versions that they were decided on; a stream that begins is not among them.
-- Receipts come as arrays too, at most one for an append; receipt_from and receipt_until are how many events of the
-- batch come before the append's own, and up to its last; null for one without events. contended says that appends of
-- this batch compete with each other for a stream or a key.
--
-- The answer is one short row: the first new position, the common recorded_at, the head afterwards, and the numbers of
-- the appends left out, because their stream had another version (conflicting) or their key has a receipt (known).
-- Survivors keep their order and get dense positions.
--
-- Separate statements under READ COMMITTED: each sees what was committed before it began, and all but the first begin
-- after the lock. One statement for everything would keep the snapshot from before the wait and miss conflicts.
create function log.append(
    append_no integer[],
    stream_id uuid[],
    seq integer[],
    kind integer[],
    stream_types text[],
    types text[],
    revisions smallint[],
    event_id uuid[],
    occurred_at timestamptz[],
    payload bytea[],
    metadata bytea[],
    continued_no integer[],
    continued_stream uuid[],
    continued_version integer[],
    receipt_no integer[],
    receipt_from integer[],
    receipt_until integer[],
    principal uuid[],
    key text[],
    fingerprint bytea[],
    outcome bytea[],
    contended boolean,
    out first_position bigint,
    out head bigint,
    out recorded timestamptz,
    out conflicting integer[],
    out known integer[]
)
language plpgsql
volatile
-- plans made while the table is small must not stay sequential when it has grown
set enable_seqscan to off
set plan_cache_mode to force_generic_plan
as $$
#variable_conflict use_variable
declare
    last_position bigint;
    last_recorded timestamptz;
    left_out integer[];
    candidate record;
    accepted boolean;
    versions integer[] := '{}';
    used boolean[] := '{}';
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'log.append needs READ COMMITTED, not %', current_setting('transaction_isolation');
    end if;

    -- the append lock of this database: the bytes of CHRONLOG
    perform pg_advisory_xact_lock(4848215499433856839);

    select e.position, e.recorded_at into last_position, last_recorded
    from log.event e order by e.position desc limit 1;
    last_position := coalesce(last_position, 0);

    -- after the lock, never before the last event, and after every instant that was answered for
    select greatest(last_recorded, clock_timestamp(), 'epoch'::timestamptz + (a.last_value + 1) * interval '1 microsecond')
    into recorded
    from log.answered_until a;

    first_position := last_position + 1;
    head := last_position + cardinality(append_no);

    -- Nearly always nothing competes. Then only continued streams are looked at: for a stream that begins and for a key
    -- the unique index says so if there is one already, and all is looked at below.
    if not contended then
        if cardinality(continued_no) > 0 then
            select array_agg(c.append_no) into conflicting
            from (
                select
                    unnest(continued_no) as append_no, unnest(continued_stream) as stream_id,
                    unnest(continued_version) as version
            ) c
            where c.version is distinct from (
                select e.seq + 1 from log.event e where e.stream_id = c.stream_id order by e.seq desc limit 1
            );
        end if;
        if conflicting is null then
            begin
                if cardinality(append_no) = 1 and cardinality(receipt_no) = 1 then
                    -- a single caller: nothing to take apart
                    insert into log.event (
                        position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type, type,
                        payload, metadata
                    )
                    values (
                        head, recorded, coalesce(occurred_at[1], recorded), stream_id[1], event_id[1], seq[1],
                        revisions[1], stream_types[1], types[1], payload[1], metadata[1]
                    );
                    insert into log.receipt (
                        recorded_at, first_position, last_position, principal, key, fingerprint, outcome
                    )
                    values (recorded, head, head, principal[1], key[1], fingerprint[1], outcome[1]);
                else
                    insert into log.event (
                        position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type, type,
                        payload, metadata
                    )
                    select
                        u.position, recorded, coalesce(u.occurred_at, recorded), u.stream_id, u.event_id, u.seq,
                        revisions[u.kind], stream_types[u.kind], types[u.kind], u.payload, u.metadata
                    from (
                        select
                            generate_series(first_position, head) as position, unnest(stream_id) as stream_id,
                            unnest(seq) as seq, unnest(kind) as kind, unnest(event_id) as event_id,
                            unnest(occurred_at) as occurred_at, unnest(payload) as payload,
                            unnest(metadata) as metadata
                    ) u;
                    insert into log.receipt (
                        recorded_at, first_position, last_position, principal, key, fingerprint, outcome
                    )
                    select
                        recorded, coalesce(first_position + r.events_from, head),
                        coalesce(last_position + r.events_until, head), r.principal, r.key, r.fingerprint, r.outcome
                    from (
                        select
                            unnest(receipt_from) as events_from, unnest(receipt_until) as events_until,
                            unnest(principal) as principal, unnest(key) as key, unnest(fingerprint) as fingerprint,
                            unnest(outcome) as outcome
                    ) r;
                end if;
                return;
            exception
                when unique_violation then
                    null; -- which one is found out below
            end;
        end if;
    end if;

    -- All appends: decide one after the other, in their order.
    known := '{}';
    conflicting := '{}';
    for candidate in
        select
            coalesce(e.append_no, r.append_no) as append_no,
            coalesce(e.sound, true) as sound,
            e.streams, e.firsts, e.lasts, e.versions, r.key_no, coalesce(r.exists_already, false) as exists_already
        from (
            select
                g.append_no,
                bool_and(g.last - g.first + 1 = g.events) as sound,
                array_agg(g.stream_no) as streams,
                array_agg(g.first) as firsts,
                array_agg(g.last) as lasts,
                array_agg(g.version) as versions
            from (
                select
                    u.append_no, min(u.seq) as first, max(u.seq) as last, count(*) as events,
                    dense_rank() over (order by u.stream_id)::integer as stream_no,
                    coalesce(
                        (select e.seq + 1 from log.event e where e.stream_id = u.stream_id
                         order by e.seq desc limit 1), 0
                    ) as version
                from unnest(append_no, stream_id, seq) as u (append_no, stream_id, seq)
                group by u.append_no, u.stream_id
            ) g
            group by g.append_no
        ) e
        full join (
            select
                k.append_no, dense_rank() over (order by k.principal, k.key)::integer as key_no,
                exists (select from log.receipt c where c.principal = k.principal and c.key = k.key) as exists_already
            from unnest(receipt_no, principal, key) as k (append_no, principal, key)
        ) r on r.append_no = e.append_no
        order by 1
    loop
        if candidate.exists_already or candidate.key_no is not null and coalesce(used[candidate.key_no], false) then
            known := known || candidate.append_no;
            continue;
        end if;
        accepted := candidate.sound;
        for i in 1 .. coalesce(cardinality(candidate.streams), 0) loop
            accepted := accepted and candidate.firsts[i]
                = coalesce(versions[candidate.streams[i]], candidate.versions[i]);
        end loop;
        if not accepted then
            conflicting := conflicting || candidate.append_no;
            continue;
        end if;
        for i in 1 .. coalesce(cardinality(candidate.streams), 0) loop
            versions[candidate.streams[i]] := candidate.lasts[i] + 1;
        end loop;
        if candidate.key_no is not null then
            used[candidate.key_no] := true;
        end if;
    end loop;

    left_out := conflicting || known;

    insert into log.event (
        position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type, type, payload, metadata
    )
    select
        last_position + row_number() over (order by u.place), recorded, coalesce(u.occurred_at, recorded), u.stream_id,
        u.event_id, u.seq, revisions[u.kind], stream_types[u.kind], types[u.kind], u.payload, u.metadata
    from unnest(append_no, stream_id, seq, kind, event_id, occurred_at, payload, metadata) with ordinality
        as u (append_no, stream_id, seq, kind, event_id, occurred_at, payload, metadata, place)
    where u.append_no <> all (left_out);

    get diagnostics head = row_count;
    head := last_position + head;

    insert into log.receipt (
        recorded_at, first_position, last_position, principal, key, fingerprint, outcome
    )
    select
        recorded, coalesce(p.first, head), coalesce(p.last, head), r.principal, r.key, r.fingerprint, r.outcome
    from unnest(receipt_no, principal, key, fingerprint, outcome)
        as r (append_no, principal, key, fingerprint, outcome)
    left join (
        select n.append_no, min(n.position) as first, max(n.position) as last
        from (
            select u.append_no, last_position + row_number() over (order by u.place) as position
            from unnest(append_no) with ordinality as u (append_no, place)
            where u.append_no <> all (left_out)
        ) n
        group by n.append_no
    ) p on p.append_no = r.append_no
    where r.append_no <> all (left_out);
end
$$;

revoke all on function log.append from public;
grant execute on function log.append to chronodesk_write;
