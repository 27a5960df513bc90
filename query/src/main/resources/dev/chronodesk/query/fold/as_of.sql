-- as_of: what else is known of tables that show the past. One row; only the fold reads and writes it.
-- "erasures" is how many keys of persons were destroyed before the first event was folded: after one more nobody reads them.
create table as_of (
  single   boolean     not null default true constraint as_of_pk primary key,
  erasures bigint,                                   -- null until the build has begun
  ready    boolean     not null default false,
  failure  text,
  used_at  timestamptz not null default clock_timestamp(),
  constraint as_of_is_one check (single)
);

alter table as_of enable row level security;
alter table as_of force row level security;

create policy as_of_fold on as_of to current_user using (true) with check (true);

insert into as_of default values;

-- Rights come from roles, and from what never changes: whose ticket it is, and what is internal. Only whom a customer
-- deals with changes. Whom somebody dealt with then, and does not deal with now, they may not see while they are still a
-- customer; the claims say what they are now. The live views are found by name, since rebuilt ones take their place.
create function seen_now(profile uuid) returns boolean language plpgsql stable security invoker as $$
begin
  return exists (select from ${live}.profiles p where p.id = profile);
end $$;

grant execute on function seen_now to chronodesk_customer;

create policy profiles_seen_now on profiles as restrictive for select to chronodesk_customer
  using (id = (select auth.uid())
         or (select auth.jwt() -> 'app_metadata' ->> 'role') <> 'customer'
         or seen_now(id));
