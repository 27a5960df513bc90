-- ticket_solvings: each time that a ticket was solved, for who had it then. Folded by StatisticsProjection.
create table ticket_solvings (
  position    bigint      not null constraint ticket_solvings_pk primary key,
  ticket_id   uuid        not null,
  assignee_id uuid,
  solved_at   timestamptz not null
);

-- agent_performance: the solvings of a period, and nothing but this index
create index ticket_solvings_in_time on ticket_solvings (solved_at) include (ticket_id, position, assignee_id);

alter table ticket_solvings enable row level security;
alter table ticket_solvings force row level security;

create policy ticket_solvings_fold on ticket_solvings to current_user using (true) with check (true);
create policy ticket_solvings_all on ticket_solvings for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_solvings
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
