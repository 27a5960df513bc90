-- The log: one table, one order, no gaps. The roles named here are made before migrations run.

create schema log;

create table log.event (
    position bigint not null,
    recorded_at timestamptz not null,
    occurred_at timestamptz not null,
    stream_id uuid not null,
    event_id uuid not null,
    seq integer not null,
    revision smallint not null,
    stream_type text not null,
    type text not null,
    payload bytea not null,
    metadata bytea not null,
    constraint event_pk primary key (position),
    -- optimistic locking, and the reads of one stream
    constraint event_stream_seq_key unique (stream_id, seq),
    constraint event_position_check check (position > 0),
    constraint event_seq_check check (seq >= 0),
    constraint event_revision_check check (revision > 0)
);

comment on table log.event is 'Everything that happened. Never updated, never deleted, never truncated.';

-- lz4 costs a fraction of pglz and is not in every build of the server.
do $$
begin
    if exists (
        select from pg_catalog.pg_settings
        where name = 'default_toast_compression' and 'lz4' = any (enumvals)
    ) then
        alter table log.event alter column payload set compression lz4;
        alter table log.event alter column metadata set compression lz4;
    end if;
end
$$;

create function log.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger event_append_only
    before update or delete or truncate on log.event
    for each statement execute function log.refuse_change();

-- always: also in a session whose session_replication_role switches ordinary triggers off
alter table log.event enable always trigger event_append_only;

-- What became of each command, so that a retry is answered alike.
create table log.receipt (
    recorded_at timestamptz not null,
    first_position bigint not null,
    last_position bigint not null,
    principal uuid not null,
    key text not null,
    fingerprint bytea not null,
    outcome bytea not null,
    -- the look-up before deciding, and the one in the append
    constraint receipt_pk primary key (principal, key),
    constraint receipt_key_check check (key <> '' and char_length(key) <= 255)
);

-- An instant up to which somebody was told what the log said, in microseconds since 1970: later events are recorded
-- after it. A sequence, because it is one row that is overwritten in place and leaves nothing for vacuum.
create sequence log.answered_until as bigint minvalue 0 start 0;

-- Which history this is. A restore to an earlier state begins a new one, and followers with a memory of their own see it.
create table log.incarnation (
    number integer not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    began_at timestamptz not null default clock_timestamp(),
    constraint incarnation_pk primary key (number)
);

insert into log.incarnation default values;

create function log.begin_incarnation() returns uuid
language sql
volatile
begin atomic
    insert into log.incarnation default values returning id;
end;

comment on function log.begin_incarnation() is
    'Call once after a restore or a failover that may have lost events; followers then refuse to go on.';

-- How far each follower is, written in the transaction of its own changes.
create table log.checkpoint (
    position bigint not null,
    event_id uuid,
    incarnation uuid not null,
    saved_at timestamptz not null default clock_timestamp(),
    follower text not null,
    owner name not null default current_user,
    constraint checkpoint_pk primary key (follower),
    constraint checkpoint_position_check check (position > 0 and event_id is not null or position = 0 and event_id is null)
);

alter table log.checkpoint enable row level security;

-- A login moves its own followers only.
create policy checkpoint_own on log.checkpoint using (owner = current_user) with check (owner = current_user);

-- Keys that the service makes for itself at first use.
create table log.secret (
    made_at timestamptz not null default clock_timestamp(),
    name text not null,
    value bytea not null,
    constraint secret_pk primary key (name)
);

-- Appends a batch: each append wholly or not at all, whatever becomes of its neighbours.
--
-- Events come as arrays of equal length, ordered by append_no (from 1); receipts too, at most one for an append.
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
    stream_type text[],
    type text[],
    revision smallint[],
    event_id uuid[],
    occurred_at timestamptz[],
    payload bytea[],
    metadata bytea[],
    receipt_no integer[],
    principal uuid[],
    key text[],
    fingerprint bytea[],
    outcome bytea[],
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
    contended boolean;
    keys_contended boolean;
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

    select
        array_agg(distinct s.append_no) filter (where s.first <> s.version or s.last - s.first + 1 <> s.events),
        coalesce(bool_or(s.shared), false)
    into conflicting, contended
    from (
        select
            u.append_no, min(u.seq) as first, max(u.seq) as last, count(*) as events,
            coalesce(
                (select e.seq + 1 from log.event e where e.stream_id = u.stream_id order by e.seq desc limit 1), 0
            ) as version,
            count(*) over (partition by u.stream_id) > 1 as shared
        from unnest(append_no, stream_id, seq) as u (append_no, stream_id, seq)
        group by u.append_no, u.stream_id
    ) s;

    select
        array_agg(r.append_no) filter (
            where exists (select from log.receipt k where k.principal = r.principal and k.key = r.key)
        ),
        count(distinct (r.principal, r.key)) < count(*)
    into known, keys_contended
    from unnest(receipt_no, principal, key) as r (append_no, principal, key);

    if contended or keys_contended then
        -- Appends of this batch compete with each other: decide one after the other, in their order.
        known := coalesce(known, '{}');
        conflicting := '{}';
        for candidate in
            select
                coalesce(e.append_no, r.append_no) as append_no,
                coalesce(e.sound, true) as sound,
                e.streams, e.firsts, e.lasts, e.versions, r.key_no
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
                select k.append_no, dense_rank() over (order by k.principal, k.key)::integer as key_no
                from unnest(receipt_no, principal, key) as k (append_no, principal, key)
            ) r on r.append_no = e.append_no
            order by 1
        loop
            if candidate.append_no = any (known) then
                continue;
            end if;
            if candidate.key_no is not null and coalesce(used[candidate.key_no], false) then
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
    end if;

    left_out := coalesce(conflicting, '{}') || coalesce(known, '{}');

    insert into log.event (
        position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type, type, payload, metadata
    )
    select
        last_position + row_number() over (order by u.place), recorded, coalesce(u.occurred_at, recorded), u.stream_id,
        u.event_id, u.seq, u.revision, u.stream_type, u.type, u.payload, u.metadata
    from unnest(
        append_no, stream_id, seq, stream_type, type, revision, event_id, occurred_at, payload, metadata
    ) with ordinality as u (
        append_no, stream_id, seq, stream_type, type, revision, event_id, occurred_at, payload, metadata, place
    )
    where u.append_no <> all (left_out);

    get diagnostics head = row_count;
    head := last_position + head;
    first_position := last_position + 1;

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

-- The last position recorded at or before a moment, for ever: whoever asks again gets the same answer.
create function log.position_at(moment timestamptz) returns bigint
language plpgsql
volatile
security definer
set search_path to pg_catalog, pg_temp
set enable_seqscan to off
set plan_cache_mode to force_generic_plan
as $$
declare
    last_position bigint;
    last_recorded timestamptz;
    low bigint := 0;
    high bigint;
    middle bigint;
    middle_recorded timestamptz;
    answered bigint;
begin
    if moment > clock_timestamp() then
        raise exception 'the moment lies in the future' using errcode = 'CD001';
    end if;

    select e.position, e.recorded_at into last_position, last_recorded
    from log.event e order by e.position desc limit 1;

    if last_position is null or moment >= last_recorded then
        -- Nothing recorded yet stands between the moment and the next append: decide while nobody appends.
        perform pg_advisory_xact_lock(4848215499433856839);

        select e.position, e.recorded_at into last_position, last_recorded
        from log.event e order by e.position desc limit 1;

        if last_position is null or moment >= last_recorded then
            answered := floor(extract(epoch from moment) * 1000000)::bigint;
            if answered > (select a.last_value from log.answered_until a) then
                perform setval('log.answered_until', answered);
            end if;
            return coalesce(last_position, 0);
        end if;
    end if;

    -- low: recorded at or before the moment (or 0); high: recorded after it
    high := last_position;
    while high - low > 1 loop
        middle := low + (high - low) / 2;
        select e.recorded_at into strict middle_recorded from log.event e where e.position = middle;
        if middle_recorded <= moment then
            low := middle;
        else
            high := middle;
        end if;
    end loop;
    return low;
end
$$;

revoke all on function log.append, log.position_at, log.begin_incarnation from public;

-- Run-time logins. Nobody may change or remove an event.
grant usage on schema log to chronodesk_write, chronodesk_fold, chronodesk_identity;

grant select, insert on log.event, log.receipt, log.secret to chronodesk_write;
grant select on log.answered_until, log.incarnation to chronodesk_write;
grant execute on function log.append, log.position_at to chronodesk_write;

grant select on log.event, log.incarnation to chronodesk_fold, chronodesk_identity;
grant select, insert, update, delete on log.checkpoint to chronodesk_fold, chronodesk_identity;

-- For operators: the same with texts in place of bytes.
create view log.readable as
select
    e.position, e.stream_id, e.seq, e.stream_type, e.type, e.revision, e.event_id, e.recorded_at, e.occurred_at,
    convert_from(e.payload, 'UTF8')::jsonb as payload,
    convert_from(e.metadata, 'UTF8')::jsonb as metadata
from log.event e;
