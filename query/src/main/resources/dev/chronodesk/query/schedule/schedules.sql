-- schedules: in which hours the desk works. One row per version, folded by ScheduleProjection.
create table schedules (
  id          uuid        not null,
  version     integer     not null,
  name        text        not null,
  zone        text        not null,   -- of the tz database
  hours       text[]      not null,   -- as monday 09:00-17:00, none overlapping
  holidays    text[]      not null,   -- as 2026-12-25
  defined_at  timestamptz not null,   -- in force from here; the first version also for all time before
  replaced_at timestamptz,            -- until here
  constraint schedules_pk primary key (id, version)
);

alter table schedules enable row level security;
alter table schedules force row level security;

create policy schedules_fold on schedules to current_user using (true) with check (true);
create policy schedules_all on schedules for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.schedules with (security_invoker = true) as
  select id, version, name, zone, hours, holidays, defined_at, replaced_at
  from schedules;

grant select on schedules, ${api}.schedules
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
