-- ticket_courses: the state that a ticket is in, since when, and what its measuring remembers. One row per ticket,
-- folded by CourseProjection. The states before are in ticket_states.
create table ticket_courses (
  ticket_id        uuid        not null constraint ticket_courses_pk primary key,
  number           integer     not null,   -- of the state, from 1
  from_position    bigint      not null,   -- the event that began it
  began_at         timestamptz not null,
  status           text        not null,
  priority         text        not null,
  assignee_id      uuid,
  team_id          uuid,
  assigned         boolean     not null,   -- the state began with an assignment
  requester_id     uuid        not null,
  opened_position  bigint      not null,
  opened_at        timestamptz not null,
  answered         boolean     not null,
  waits            integer     not null,   -- requester comments that waited for a next response, the one that waits now too
  waiting_position bigint      not null,   -- the comment that waits now; 0 for none
  waiting_since    timestamptz,
  replies          integer     not null,
  solved_once      boolean     not null,
  reopened         boolean     not null,
  version          integer     not null
) with (fillfactor = 80);

-- backlog: tickets that are not solved now and were in that state at the instant
create index ticket_courses_unsolved on ticket_courses (began_at) where status not in ('solved', 'closed');

-- agent_counts: the assignments of a period that a ticket's present state began with
create index ticket_courses_assigned on ticket_courses (began_at) where assigned;

-- agent_counts: which of the tickets that were solved were reopened
create index ticket_courses_reopened on ticket_courses (ticket_id) where reopened;

alter table ticket_courses enable row level security;
alter table ticket_courses force row level security;

create policy ticket_courses_fold on ticket_courses to current_user using (true) with check (true);
create policy ticket_courses_all on ticket_courses for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_courses
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
