-- ticket_touches: the events of tickets that staff caused, automations left out. Folded by CourseProjection.
create table ticket_touches (
  position   bigint      not null constraint ticket_touches_pk primary key,
  ticket_id  uuid        not null,
  agent_id   uuid        not null,
  touched_at timestamptz not null
);

-- agent_counts: the touches of a period
create index ticket_touches_in_time on ticket_touches (touched_at);

alter table ticket_touches enable row level security;
alter table ticket_touches force row level security;

create policy ticket_touches_fold on ticket_touches to current_user using (true) with check (true);
create policy ticket_touches_all on ticket_touches for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_touches
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
