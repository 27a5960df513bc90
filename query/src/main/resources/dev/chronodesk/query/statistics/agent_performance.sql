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
  ),
  agents as (
    select agent from solved union select agent from replied union select agent from responded union select agent from resolved
  )
  select a.agent,
         coalesce(s.n, 0), coalesce(r.n, 0),
         coalesce(f.n, 0), f.mean, f.p[1], f.p[2], f.p[3],
         coalesce(u.n, 0), u.mean, u.p[1], u.p[2], u.p[3]
  from agents a
    left join solved s on s.agent is not distinct from a.agent
    left join replied r on r.agent is not distinct from a.agent
    left join responded f on f.agent is not distinct from a.agent
    left join resolved u on u.agent is not distinct from a.agent
  order by a.agent nulls last;
end;

revoke execute on function ${api}.agent_performance(timestamptz, timestamptz) from public;
grant execute on function ${api}.agent_performance(timestamptz, timestamptz)
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
