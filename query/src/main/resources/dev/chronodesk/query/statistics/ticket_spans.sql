-- ticket_spans: what was measured from one event to another: first_response, next_response, first_resolution,
-- full_resolution. Folded by CourseProjection, for who was responsible at the event that ended it.
create table ticket_spans (
  ticket_id      uuid        not null,
  kind           text        not null,
  number         integer     not null,   -- 0 for what there is once a ticket; of the wait for next_response, from 1
  from_position  bigint      not null,
  until_position bigint      not null,
  began_at       timestamptz not null,
  ended_at       timestamptz not null,
  agent_id       uuid,
  team_id        uuid,
  one_touch      boolean     not null,   -- full_resolution: one reply until then and never reopened
  constraint ticket_spans_pk primary key (ticket_id, kind, number)
);

-- measurements, agent_counts: what ended in a period
create index ticket_spans_in_time on ticket_spans (kind, ended_at);

alter table ticket_spans enable row level security;
alter table ticket_spans force row level security;

create policy ticket_spans_fold on ticket_spans to current_user using (true) with check (true);
create policy ticket_spans_all on ticket_spans for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_spans
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
