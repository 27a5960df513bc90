-- team_members: who belongs to which team. Folded by TeamProjection.
create table team_members (
  team_id    uuid        not null,
  profile_id uuid        not null,
  added_at   timestamptz not null,
  constraint team_members_pk primary key (team_id, profile_id)
);

-- the teams of a person: where profile_id = …
create index team_members_of_profile on team_members (profile_id);

alter table team_members enable row level security;
alter table team_members force row level security;

create policy team_members_fold on team_members to current_user using (true) with check (true);
create policy team_members_all on team_members for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.team_members with (security_invoker = true) as
  select team_id, profile_id, added_at
  from team_members;

grant select on team_members, ${api}.team_members
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
