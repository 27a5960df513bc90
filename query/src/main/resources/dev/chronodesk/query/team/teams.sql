-- teams: who shares work. One row per team, folded by TeamProjection.
create table teams (
  id         uuid        not null constraint teams_pk primary key,
  name       text        not null,
  created_at timestamptz not null,
  version    integer     not null
);

alter table teams enable row level security;
alter table teams force row level security;

-- How the desk is organised is nothing that customers need: they may ask and see no row.
create policy teams_fold on teams to current_user using (true) with check (true);
create policy teams_all on teams for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.teams with (security_invoker = true) as
  select id, name, created_at
  from teams;

grant select on teams, ${api}.teams
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
