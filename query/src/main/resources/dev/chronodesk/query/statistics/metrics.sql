-- Metrics in calendar time, or in the business time of a schedule. docs/analysts.md defines each; metric_definitions has
-- the versions of their definitions. Periods are ["since", "until"); null leaves an end open. Durations are seconds. All bodies are parsed now: a caller needs the
-- tables' grants, not their schema.

-- version_of: the version of a metric's definition that is meant, which is the one in force when none is said. It is
-- beside the tables, so nobody else may name it.
create function version_of("metric" text, "version" integer)
returns integer
language sql stable parallel safe security invoker
return coalesce("version", (select a.version from adopted_definitions a where a.metric = "metric"), 1);

-- measured: from when to when something was measured, by that version of the metric's definition. It is beside the
-- tables, so nobody else may name it.
create function measured("metric" text, "version" integer, "since" timestamptz, "until" timestamptz)
returns table (
  ticket_id      uuid,
  agent_id       uuid,
  team_id        uuid,
  began_at       timestamptz,
  ended_at       timestamptz,
  from_position  bigint,
  until_position bigint
)
language sql stable parallel safe security invoker
begin atomic
  select s.ticket_id, s.agent_id, s.team_id, s.began_at, s.ended_at, s.from_position, s.until_position
  from ticket_spans s
  where s.kind = "metric" and "version" = 1
    and s.ended_at >= coalesce("since", '-infinity') and s.ended_at < coalesce("until", 'infinity')
  union all
  -- imported history may give an end before its beginning: that state lasted no time
  select s.ticket_id, s.agent_id, s.team_id, v.began_at, greatest(v.began_at, v.ended_at), v.from_position, v.until_position
  from ticket_spans s join ticket_states v on v.ticket_id = s.ticket_id and v.until_position <= s.until_position
  where "metric" = 'full_resolution' and "version" = 2
    and s.kind = 'full_resolution' and v.status in ('new', 'open', 'on_hold')
    and s.ended_at >= coalesce("since", '-infinity') and s.ended_at < coalesce("until", 'infinity')
  union all
  select c.ticket_id, c.assignee_id, c.team_id, c.began_at, c.ended_at, c.from_position, c.until_position
  from (
    select v.ticket_id, v.assignee_id, v.team_id, v.status, v.from_position,
           greatest(v.began_at, coalesce("since", '-infinity')) as began_at,
           least(v.ended_at, coalesce("until", ${now})) as ended_at,
           case when v.ended_at <= coalesce("until", 'infinity') then v.until_position end as until_position
    from (
      -- the index of states that are not solved finds those of the period: the same expression, and a range that is one
      select s.ticket_id, s.assignee_id, s.team_id, s.status, s.from_position, s.until_position, s.began_at, s.ended_at
      from ticket_states s
      where s.status not in ('solved', 'closed')
        and tstzrange(s.began_at, greatest(s.began_at, s.ended_at))
            && tstzrange("since", case when "until" < "since" then "since" else "until" end)
      union all
      select n.ticket_id, n.assignee_id, n.team_id, n.status, n.from_position, null, n.began_at, null
      from ticket_courses n
      where n.status not in ('solved', 'closed') and n.began_at < coalesce("until", 'infinity')
    ) v
    where "metric" in ('requester_wait', 'agent_wait', 'on_hold', 'agent_work') and "version" = 1
  ) c
  where c.began_at < c.ended_at
    and case "metric"
          when 'requester_wait' then c.status in ('new', 'open', 'on_hold')
          when 'agent_wait' then c.status = 'pending'
          when 'on_hold' then c.status = 'on_hold'
          when 'agent_work' then c.status in ('new', 'open') and c.assignee_id is not null
          else false
        end;
end;

-- worked: the seconds of working time before an instant, found by bisection in stretches of it that are in order, with the
-- seconds before each of them. It is beside the tables, so nobody else may name it.
create function worked(
  "at" timestamptz, "began_at" timestamptz[], "ended_at" timestamptz[], "before" double precision[])
returns double precision
language sql immutable parallel safe security invoker
return coalesce(
  "before"[width_bucket("at", "began_at")]
    + extract(epoch from least("at", "ended_at"[width_bucket("at", "began_at")]) - "began_at"[width_bucket("at", "began_at")]),
  0);

-- measurements: the values behind a metric, each with the events that it was computed from.
--   first_response, next_response, first_resolution, full_resolution: those that ended in the period; full_resolution
--   by its second version as the stretches that it is made of
--   requester_wait, agent_wait, on_hold, agent_work: stretches of time in a status, cut to the period, for the assignee
--   and the team of that time; the stretch that has not ended is cut at the end of the period, or now
-- until_position is null where the stretch had not ended in the period.
-- In business time the hours of the whole span are looked at once. An unknown schedule has no values, nor has an unknown
-- version.
create function ${api}.measurements(
  "metric" text, "since" timestamptz, "until" timestamptz, "schedule" uuid default null, "version" integer default null)
returns table (
  ticket_id      uuid,
  agent_id       uuid,
  team_id        uuid,
  began_at       timestamptz,
  ended_at       timestamptz,
  seconds        double precision,
  from_position  bigint,
  until_position bigint
)
language sql stable parallel safe security invoker
begin atomic
  with hours as materialized (
    select array_agg(h.began_at order by h.began_at) as began_at, array_agg(h.ended_at order by h.began_at) as ended_at,
           array_agg(h.worked - h.seconds order by h.began_at) as before
    from (
      select w.began_at, w.ended_at, s.seconds, sum(s.seconds) over (order by w.began_at) as worked
      from (
        select min(least(m.began_at, m.ended_at)) as since, max(greatest(m.began_at, m.ended_at)) as until
        from measured("metric", version_of("metric", "version"), "since", "until") m
        having count(*) > 0
      ) span
      cross join lateral ${api}.working_hours("schedule", span.since, span.until) w
      cross join lateral (select extract(epoch from w.ended_at - w.began_at)::double precision as seconds) s
    ) h
  )
  select m.ticket_id, m.agent_id, m.team_id, m.began_at, m.ended_at,
         case when "schedule" is null then extract(epoch from m.ended_at - m.began_at)::double precision
         else worked(m.ended_at, h.began_at, h.ended_at, h.before) - worked(m.began_at, h.began_at, h.ended_at, h.before)
         end,
         m.from_position, m.until_position
  from measured("metric", version_of("metric", "version"), "since", "until") m
  left join hours h on "schedule" is not null
  where "schedule" is null or exists (select from schedules s where s.id = "schedule");
end;

-- metric_by: a metric's values by 'agent', 'team' or 'desk', which has nobody. It is beside the tables, so nobody else may
-- name it. A value is one measurement; for time in a status it is the sum of a ticket's stretches in the period.
-- p: percentile_cont at 0.5, 0.9 and 0.95.
create function metric_by(
  "by" text, "metric" text, "since" timestamptz, "until" timestamptz, "schedule" uuid, "version" integer)
returns table (who uuid, n bigint, total double precision, mean double precision, p double precision[])
language sql stable parallel safe security invoker
begin atomic
  select d.who, count(*), sum(d.seconds), avg(d.seconds),
         percentile_cont(array[0.5, 0.9, 0.95]) within group (order by d.seconds)
  from (
    select w.who, sum(m.seconds) as seconds
    from ${api}.measurements("metric", "since", "until", "schedule", "version") m,
         lateral (select case "by" when 'agent' then m.agent_id when 'team' then m.team_id end as who) w
    group by w.who, m.ticket_id, case when "metric" = 'next_response' then m.from_position end
  ) d
  group by d.who;
end;

-- agent_metric: a metric's values per agent.
create function ${api}.agent_metric(
  "metric" text, "since" timestamptz, "until" timestamptz, "schedule" uuid default null, "version" integer default null)
returns table (
  agent_id uuid,
  count    bigint,
  total_s  double precision,
  mean_s   double precision,
  p50_s    double precision,
  p90_s    double precision,
  p95_s    double precision
)
language sql stable parallel safe security invoker
begin atomic
  select g.who, g.n, g.total, g.mean, g.p[1], g.p[2], g.p[3]
  from metric_by('agent', "metric", "since", "until", "schedule", "version") g
  order by g.who nulls last;
end;

-- agent_performance, in the business time of a schedule: the same rows, durations by the first versions as agent_metric
-- has them.
create function ${api}.agent_performance("since" timestamptz, "until" timestamptz, "schedule" uuid)
returns table (
  agent_id               uuid,
  tickets_solved         bigint,
  replies                bigint,
  first_response_count   bigint,
  first_response_mean_s  double precision,
  first_response_p50_s   double precision,
  first_response_p90_s   double precision,
  first_response_p95_s   double precision,
  full_resolution_count  bigint,
  full_resolution_mean_s double precision,
  full_resolution_p50_s  double precision,
  full_resolution_p90_s  double precision,
  full_resolution_p95_s  double precision
)
language sql stable parallel safe security invoker
begin atomic
  select p.agent_id, p.tickets_solved, p.replies,
         coalesce(r.count, 0), r.mean_s, r.p50_s, r.p90_s, r.p95_s,
         coalesce(f.count, 0), f.mean_s, f.p50_s, f.p90_s, f.p95_s
  from ${api}.agent_performance("since", "until") p
  -- nobody is an agent too
  left join ${api}.agent_metric('first_response', "since", "until", "schedule", 1) r
    on r.agent_id is not distinct from p.agent_id
  left join ${api}.agent_metric('full_resolution', "since", "until", "schedule", 1) f
    on f.agent_id is not distinct from p.agent_id
  order by p.agent_id nulls last;
end;

-- team_metric: a metric's values per team.
create function ${api}.team_metric(
  "metric" text, "since" timestamptz, "until" timestamptz, "schedule" uuid default null, "version" integer default null)
returns table (
  team_id  uuid,
  count    bigint,
  total_s  double precision,
  mean_s   double precision,
  p50_s    double precision,
  p90_s    double precision,
  p95_s    double precision
)
language sql stable parallel safe security invoker
begin atomic
  select g.who, g.n, g.total, g.mean, g.p[1], g.p[2], g.p[3]
  from metric_by('team', "metric", "since", "until", "schedule", "version") g
  order by g.who nulls last;
end;

-- desk_metric: the same for the whole desk; always one row.
create function ${api}.desk_metric(
  "metric" text, "since" timestamptz, "until" timestamptz, "schedule" uuid default null, "version" integer default null)
returns table (
  count   bigint,
  total_s double precision,
  mean_s  double precision,
  p50_s   double precision,
  p90_s   double precision,
  p95_s   double precision
)
language sql stable parallel safe security invoker
begin atomic
  select coalesce(g.n, 0), coalesce(g.total, 0), g.mean, g.p[1], g.p[2], g.p[3]
  from (select) always left join metric_by('desk', "metric", "since", "until", "schedule", "version") g on true;
end;

-- agent_counts: what is counted per agent in a period.
--   touches       events that they caused
--   assignments   times that a ticket was assigned to them
--   first_solved  tickets solved for the first time, for the assignee at that moment
--   reopened      those of them that were reopened, whenever: reopen rate = reopened / first_solved
--   one_touch     tickets whose last solving is in the period, with exactly one reply until then and never reopened
create function ${api}.agent_counts("since" timestamptz, "until" timestamptz)
returns table (
  agent_id     uuid,
  touches      bigint,
  assignments  bigint,
  first_solved bigint,
  reopened     bigint,
  one_touch    bigint
)
language sql stable parallel safe security invoker
begin atomic
  select f.agent, sum(f.touches)::bigint, sum(f.assignments)::bigint, sum(f.first_solved)::bigint,
         sum(f.reopened)::bigint, sum(f.one_touch)::bigint
  from (
    select t.agent_id as agent, count(*) as touches, 0 as assignments, 0 as first_solved, 0 as reopened, 0 as one_touch
    from ticket_touches t
    where t.touched_at >= coalesce("since", '-infinity') and t.touched_at < coalesce("until", 'infinity')
    group by t.agent_id
    union all
    select v.assignee_id, 0, count(*), 0, 0, 0
    from ${api}.ticket_versions v
    where v.assigned and v.began_at >= coalesce("since", '-infinity') and v.began_at < coalesce("until", 'infinity')
    group by v.assignee_id
    union all
    select s.agent_id, 0, 0, count(*), count(*) filter (where c.reopened), 0
    from ticket_spans s left join ticket_courses c on c.ticket_id = s.ticket_id and c.reopened
    where s.kind = 'first_resolution'
      and s.ended_at >= coalesce("since", '-infinity') and s.ended_at < coalesce("until", 'infinity')
    group by s.agent_id
    union all
    select s.agent_id, 0, 0, 0, 0, count(*)
    from ticket_spans s
    where s.kind = 'full_resolution' and s.one_touch
      and s.ended_at >= coalesce("since", '-infinity') and s.ended_at < coalesce("until", 'infinity')
    group by s.agent_id
  ) f
  group by f.agent
  order by f.agent nulls last;
end;

-- backlog: the tickets that were not solved or closed at an instant, by what they were then. Their sum is the backlog;
-- those of an agent are the agent's load.
create function ${api}.backlog("at" timestamptz)
returns table (
  status   text,
  team_id  uuid,
  agent_id uuid,
  tickets  bigint
)
language sql stable parallel safe security invoker
begin atomic
  select u.status, u.team_id, u.assignee_id, count(*)
  from (
    select s.status, s.team_id, s.assignee_id
    from ticket_states s
    where tstzrange(s.began_at, greatest(s.began_at, s.ended_at)) @> "at" and s.status not in ('solved', 'closed')
    union all
    select c.status, c.team_id, c.assignee_id
    from ticket_courses c
    where c.began_at <= "at" and c.status not in ('solved', 'closed')
  ) u
  group by u.status, u.team_id, u.assignee_id
  order by u.status, u.team_id, u.assignee_id;
end;

-- ticket_stations: how many distinct assignees and teams a ticket passed through.
create view ${api}.ticket_stations with (security_invoker = true) as
  select ticket_id, count(distinct assignee_id) as assignees, count(distinct team_id) as teams
  from ${api}.ticket_versions
  group by ticket_id;
grant select on ${api}.ticket_stations
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;

do $$
declare
  functions constant text := '
    ${api}.measurements(text, timestamptz, timestamptz, uuid, integer),
    version_of(text, integer),
    measured(text, integer, timestamptz, timestamptz),
    worked(timestamptz, timestamptz[], timestamptz[], double precision[]),
    metric_by(text, text, timestamptz, timestamptz, uuid, integer),
    ${api}.agent_metric(text, timestamptz, timestamptz, uuid, integer),
    ${api}.agent_performance(timestamptz, timestamptz, uuid),
    ${api}.team_metric(text, timestamptz, timestamptz, uuid, integer),
    ${api}.desk_metric(text, timestamptz, timestamptz, uuid, integer),
    ${api}.agent_counts(timestamptz, timestamptz),
    ${api}.backlog(timestamptz)';
begin
  execute 'revoke execute on function ' || functions || ' from public';
  execute 'grant execute on function ' || functions
    || ' to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service';
end $$;
