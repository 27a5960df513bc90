-- agent_performance: one row per agent with anything in the period ["since", "until"); null leaves an end open.
-- Everything is by the time when it occurred. agent_id null: solved while nobody had the ticket.
--   tickets_solved   distinct tickets, each for the assignee at its last solving in the period
--   replies          public staff comments, per author
--   first_response   opened to first response, in the period and for the author of the reply
--   full_resolution  opened to the last solving of all, in the period and for the assignee of that solving
-- Seconds; percentiles are percentile_cont; without a value they are null and the count is 0.
-- The body is parsed now and not when it is called: a caller needs the tables' grants, not their schema.
create function ${api}.agent_performance("since" timestamptz, "until" timestamptz)
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
  with solved as (
    select last.assignee_id as agent, count(*) as n
    from (
      select distinct on (s.ticket_id) s.ticket_id, s.assignee_id
      from ticket_solvings s
      where s.solved_at >= coalesce("since", '-infinity') and s.solved_at < coalesce("until", 'infinity')
      order by s.ticket_id, s.position desc
    ) last
    group by last.assignee_id
  ),
  replied as (
    select r.author_id as agent, count(*) as n
    from ticket_replies r
    where r.replied_at >= coalesce("since", '-infinity') and r.replied_at < coalesce("until", 'infinity')
    group by r.author_id
  ),
  responded as (
    select d.agent, count(*) as n, avg(d.seconds) as mean,
           percentile_cont(array[0.5, 0.9, 0.95]) within group (order by d.seconds) as p
    from (
      select m.first_responder_id as agent,
             extract(epoch from m.first_response_at - m.opened_at)::double precision as seconds
      from ticket_measures m
      where m.first_response_at >= coalesce("since", '-infinity') and m.first_response_at < coalesce("until", 'infinity')
    ) d
    group by d.agent
  ),
  resolved as (
    select d.agent, count(*) as n, avg(d.seconds) as mean,
           percentile_cont(array[0.5, 0.9, 0.95]) within group (order by d.seconds) as p
    from (
      select m.resolver_id as agent,
             extract(epoch from m.resolved_at - m.opened_at)::double precision as seconds
      from ticket_measures m
      where m.resolved_at >= coalesce("since", '-infinity') and m.resolved_at < coalesce("until", 'infinity')
    ) d
    group by d.agent
  )
  select f.agent,
         sum(f.solved)::bigint, sum(f.replies)::bigint,
         sum(f.responses)::bigint, max(f.response_mean), (max(f.response))[1], (max(f.response))[2], (max(f.response))[3],
         sum(f.resolutions)::bigint, max(f.resolution_mean),
         (max(f.resolution))[1], (max(f.resolution))[2], (max(f.resolution))[3]
  from (
    select agent, n as solved, 0 as replies,
           0 as responses, null::double precision as response_mean, null::double precision[] as response,
           0 as resolutions, null::double precision as resolution_mean, null::double precision[] as resolution
    from solved
    union all
    select agent, 0, n, 0, null, null, 0, null, null from replied
    union all
    select agent, 0, 0, n, mean, p, 0, null, null from responded
    union all
    select agent, 0, 0, 0, null, null, n, mean, p from resolved
  ) f
  -- together by a grouping: nobody is an agent too, and no join that takes nulls for equal has a quick way
  group by f.agent
  order by f.agent nulls last;
end;

revoke execute on function ${api}.agent_performance(timestamptz, timestamptz) from public;
grant execute on function ${api}.agent_performance(timestamptz, timestamptz)
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
