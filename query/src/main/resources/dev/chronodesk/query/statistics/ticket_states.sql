-- ticket_states: the states that tickets have left, each from the event that began it to the one that ended it. Folded
-- by CourseProjection; a state is a status, a priority, an assignee and a team.
create table ticket_states (
  ticket_id      uuid        not null,
  number         integer     not null,
  from_position  bigint      not null,
  until_position bigint      not null,
  began_at       timestamptz not null,
  ended_at       timestamptz not null,
  status         text        not null,
  priority       text        not null,
  assignee_id    uuid,
  team_id        uuid,
  assigned       boolean     not null
);

alter table ticket_states add constraint ticket_states_pk primary key (ticket_id, number);

-- backlog, and time in a status: the states in which tickets were not solved at an instant or in a period. Imported history may give an end before its
-- beginning: that state lasted no time.
create index ticket_states_unsolved on ticket_states using gist (tstzrange(began_at, greatest(began_at, ended_at)))
  where status not in ('solved', 'closed');

-- agent_counts: the assignments of a period
create index ticket_states_assigned on ticket_states (began_at) where assigned;

alter table ticket_states enable row level security;
alter table ticket_states force row level security;

create policy ticket_states_fold on ticket_states to current_user using (true) with check (true);
create policy ticket_states_all on ticket_states for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

-- ticket_versions: every state that a ticket had, by positions and by time; the one that it is in has no end.
create view ${api}.ticket_versions with (security_invoker = true) as
  select ticket_id, number, from_position, until_position, began_at, ended_at,
         status, priority, assignee_id, team_id, assigned
  from ticket_states
  union all
  select ticket_id, number, from_position, null, began_at, null,
         status, priority, assignee_id, team_id, assigned
  from ticket_courses;

grant select on ticket_states, ${api}.ticket_versions
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
