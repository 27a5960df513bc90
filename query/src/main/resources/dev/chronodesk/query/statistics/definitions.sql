-- adopted_definitions: for which metrics another definition than the first was adopted, and which is in force. Folded by
-- DefinitionProjection.
create table adopted_definitions (
  metric     text        not null constraint adopted_definitions_pk primary key,
  version    integer     not null,
  adopted_at timestamptz not null,
  adopted_by uuid        not null,
  adoptions  integer     not null
);

alter table adopted_definitions enable row level security;
alter table adopted_definitions force row level security;

create policy adopted_definitions_fold on adopted_definitions to current_user using (true) with check (true);
create policy adopted_definitions_all on adopted_definitions for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

-- metric_definitions: every version of every metric's definition, and which one counts when nobody says a version. What
-- a version says is never changed: other numbers are the next version.
create view ${api}.metric_definitions with (security_invoker = true) as
  select d.metric || '/' || d.version as definition, d.metric, d.version,
         d.version = coalesce(a.version, 1) as in_force,
         case when d.version = a.version then a.adopted_at end as adopted_at,
         case when d.version = a.version then a.adopted_by end as adopted_by,
         d.says
  from (
    values
      ('first_response', 1,
       'Opened to the first public comment by staff that is neither the requester nor an automation. For the author.'),
      ('next_response', 1,
       'The first public comment of the requester since the last response to the next response. For its author.'),
      ('first_resolution', 1,
       'Opened to solved for the first time. For the assignee at the solving.'),
      ('full_resolution', 1,
       'Opened to solved for the last time. For the assignee at that solving. None while a ticket is reopened.'),
      ('full_resolution', 2,
       'The time in new, open or on_hold until solved for the last time: without what was waited for the requester, and'
       ' without the time between a solving and its reopening. For the assignee at that solving.'),
      ('requester_wait', 1,
       'Time in new, open or on_hold, cut to the period. For the assignee of that time.'),
      ('agent_wait', 1,
       'Time in pending, cut to the period. For the assignee of that time.'),
      ('on_hold', 1,
       'Time in on_hold, cut to the period. For the assignee of that time.'),
      ('agent_work', 1,
       'Time in new or open while assigned, cut to the period. For the assignee of that time.')
  ) d (metric, version, says)
  left join adopted_definitions a on a.metric = d.metric;

grant select on adopted_definitions, ${api}.metric_definitions
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
