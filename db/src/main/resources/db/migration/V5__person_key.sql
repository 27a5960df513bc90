-- One key for each person, so that what is about them in the log is gone with it. Keys are wrapped: encrypted with a key
-- that is not in the database.

create table log.person_key (
    number bigint not null generated always as identity,   -- in order of making: neighbours are read together
    made_at timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    destroyed_number bigint,                               -- 1, 2, 3 … in commit order, so that nodes ask for what is new
    kek bigint,                                            -- which key-encryption key opens it
    person uuid not null,
    wrapped bytea,
    constraint person_key_pk primary key (person),
    -- reading ahead: where number >= … order by number; and going through all of them for another wrapping
    constraint person_key_number_key unique (number),
    -- what was destroyed lately: where destroyed_number > …
    constraint person_key_destroyed_number_key unique (destroyed_number),
    constraint person_key_state_check check (
        wrapped is not null and kek is not null and destroyed_at is null and destroyed_number is null
        or wrapped is null and kek is null and destroyed_at is not null and destroyed_number is not null
    )
);

comment on table log.person_key is 'Keys of persons, wrapped. Never deleted; destroyed ones stay as a fact.';

create trigger person_key_stays
    before delete or truncate on log.person_key
    for each statement execute function log.refuse_change();

create function log.refuse_key_change() returns trigger
language plpgsql
as $$
begin
    if old.destroyed_number is not null
        or (new.number, new.person, new.made_at) is distinct from (old.number, old.person, old.made_at)
    then
        raise exception 'a key is wrapped anew or destroyed, nothing else, and what is destroyed stays so'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create trigger person_key_changes
    before update on log.person_key
    for each row execute function log.refuse_key_change();

-- always: also in a session whose session_replication_role switches ordinary triggers off
alter table log.person_key enable always trigger person_key_stays;

alter table log.person_key enable always trigger person_key_changes;

-- Destroys a key, also one that was never made; who does it twice does it once. One after the other, because a number
-- that became visible late would be overlooked.
create function log.destroy_person_key(whose uuid) returns bigint
language plpgsql
volatile
as $$
declare
    last_number bigint;
    done bigint;
begin
    perform pg_advisory_xact_lock(4848215499433856844);

    select k.destroyed_number into done from log.person_key k where k.person = whose;
    if done is not null then
        return done;
    end if;

    select coalesce(max(k.destroyed_number), 0) into last_number from log.person_key k;

    insert into log.person_key (person, destroyed_at, destroyed_number)
    values (whose, clock_timestamp(), last_number + 1)
    on conflict (person) do update
    set wrapped = null, kek = null, destroyed_at = excluded.destroyed_at, destroyed_number = excluded.destroyed_number;
    return last_number + 1;
end
$$;

-- Key-encryption keys that are kept here because a key-management service has encrypted them; the newest counts.
create table log.key_set (
    number bigint not null generated always as identity,
    made_at timestamptz not null default clock_timestamp(),
    uri text not null,
    sealed text not null,
    constraint key_set_pk primary key (number)
);

revoke all on function log.destroy_person_key, log.refuse_key_change from public;

grant select, insert on log.person_key, log.key_set to chronodesk_write;
grant update (wrapped, kek, destroyed_at, destroyed_number) on log.person_key to chronodesk_write;
grant execute on function log.destroy_person_key to chronodesk_write;
