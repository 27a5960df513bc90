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
