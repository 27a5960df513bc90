-- Several nodes on one database: who follows for a follower's name, and which history of the log this is.

-- lease: who works under a follower's name now. Apart from the checkpoint, because it is taken and given up without any
-- work done. What fences is the number: whoever takes the lease raises it, and whoever has an older one cannot commit.
-- The clock is the database's alone. Bound to one backend: a lease whose backend is gone is free at once.
create table log.lease (
    fence bigint not null,
    expires_at timestamptz,
    backend_start timestamptz,
    backend_pid integer,
    owner uuid,
    incarnation uuid,
    follower text not null,
    login name not null default current_user,
    constraint lease_pk primary key (follower),
    constraint lease_held_check check (
        num_nulls(owner, expires_at, backend_pid, backend_start, incarnation) in (0, 5)
    )
);

alter table log.lease enable row level security;

-- A login takes the leases of its own followers only; it may end no other login's backends anyway.
create policy lease_own on log.lease using (login = current_user) with check (login = current_user);

grant select, insert, update on log.lease to chronodesk_fold;

-- The timeline that is written to now. The control file learns of a promotion only with the next checkpoint.
create function log.timeline() returns integer
language sql
volatile
set search_path to pg_catalog, pg_temp
as $$
    select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer
$$;

create function log.system_identifier() returns bigint
language sql
volatile
set search_path to pg_catalog, pg_temp
as $$
    select c.system_identifier from pg_control_system() c
$$;

-- Where the history was written that the incarnation stands for: the cluster, and its timeline, which a promotion and a
-- restore to an earlier moment change.
alter table log.incarnation
    add column system_identifier bigint not null default log.system_identifier(),
    add column timeline integer not null default log.timeline();

-- Which history this is. Another cluster or timeline than the one recorded begins a new incarnation, once, whoever asks
-- first; so whoever was told an incarnation was told it of this very primary.
create function log.current_incarnation() returns uuid
language plpgsql
volatile
security definer
set search_path to pg_catalog, pg_temp
as $$
declare
    latest record;
begin
    if pg_is_in_recovery() then
        raise exception 'this server is a standby' using errcode = 'read_only_sql_transaction';
    end if;
    for attempt in 1 .. 2 loop
        select i.id, i.system_identifier = log.system_identifier() and i.timeline = log.timeline() as same
        into latest
        from log.incarnation i order by i.number desc limit 1;
        if latest.same then
            return latest.id;
        end if;
        if attempt = 1 then
            -- the bytes of CHRONINC; the next statement sees what another node has begun meanwhile
            perform pg_advisory_xact_lock(4848215499433659971);
        end if;
    end loop;
    insert into log.incarnation default values returning id into latest;
    return latest.id;
end
$$;

-- Takes the lease of a follower: null when somebody else has it, otherwise the fencing number.
--
-- It is free when it was given up or has expired, when its backend is gone, or when it was taken in another incarnation.
-- Whoever had it is ended first, so that a frozen owner holds no row lock any more; that is why nothing is locked until
-- then. In two statements under READ COMMITTED: of two takers, the second finds another number and gets nothing.
create function log.take_lease(of_follower text, by_owner uuid, lasting interval, by_force boolean) returns bigint
language plpgsql
volatile
set search_path to pg_catalog, pg_temp
as $$
declare
    this_log constant uuid := log.current_incarnation();
    held log.lease%rowtype;
    taken bigint;
begin
    insert into log.lease (fence, follower) values (0, of_follower) on conflict do nothing;

    select l.* into held from log.lease l where l.follower = of_follower;

    if held.owner is not null and not by_force and held.incarnation = this_log and held.expires_at > clock_timestamp()
        and exists (
            select from pg_stat_activity a where a.pid = held.backend_pid and a.backend_start = held.backend_start
        )
    then
        return null;
    end if;

    if held.backend_pid <> pg_backend_pid() then
        perform pg_terminate_backend(a.pid, 1000)
        from pg_stat_activity a
        where a.pid = held.backend_pid and a.backend_start = held.backend_start;
    end if;

    update log.lease l
    set fence = l.fence + 1, owner = by_owner, expires_at = clock_timestamp() + lasting, incarnation = this_log,
        backend_pid = pg_backend_pid(), backend_start = (
            select a.backend_start from pg_stat_activity a where a.pid = pg_backend_pid()
        )
    where l.follower = of_follower and l.fence = held.fence
        -- not renewed since it was looked at
        and (by_force or l.expires_at is not distinct from held.expires_at)
    returning l.fence into taken;
    return taken;
end
$$;

-- Whether the lease is still its owner's, who has it for so long from now on.
create function log.renew_lease(of_follower text, by_owner uuid, with_fence bigint, lasting interval) returns boolean
language plpgsql
volatile
set search_path to pg_catalog, pg_temp
as $$
begin
    update log.lease l
    set expires_at = clock_timestamp() + lasting
    where l.follower = of_follower and l.owner = by_owner and l.fence = with_fence
        and l.incarnation = log.current_incarnation();
    return found;
end
$$;

-- Gives the lease up, if it still is its owner's.
create function log.give_up_lease(of_follower text, by_owner uuid, with_fence bigint) returns void
language sql
volatile
set search_path to pg_catalog, pg_temp
as $$
    update log.lease
    set owner = null, expires_at = null, backend_pid = null, backend_start = null, incarnation = null
    where follower = of_follower and owner = by_owner and fence = with_fence
$$;

-- Nodes listen on one channel: a hint that there is something to look for, never the fact itself.
create function log.tell_of_incarnation() returns trigger
language plpgsql
set search_path to pg_catalog, pg_temp
as $$
begin
    perform pg_notify('chronodesk', 'incarnation');
    return null;
end
$$;

create trigger incarnation_told
    after insert on log.incarnation
    for each statement execute function log.tell_of_incarnation();

revoke all on function
    log.timeline, log.system_identifier, log.current_incarnation, log.take_lease, log.renew_lease, log.give_up_lease,
    log.tell_of_incarnation
from public;

grant execute on function log.current_incarnation to chronodesk_write, chronodesk_fold, chronodesk_identity;
grant execute on function log.take_lease, log.renew_lease, log.give_up_lease to chronodesk_fold;
