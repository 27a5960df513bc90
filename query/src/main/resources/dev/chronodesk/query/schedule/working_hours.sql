-- Business time: the time that passes while the desk works. An instant is working time when a clock on the wall of the
-- schedule's zone shows a time inside the hours of a day that is no holiday, by the version in force at that instant.
-- So a day has its 23 or 25 hours, an hour that a clock skips is worked by nobody, and one that it shows twice counts
-- twice. Computed when it is asked for and not folded: nothing needs a horizon, and a zone's new rules hold at once.

-- offset_s: how far the clocks of a zone are before UTC at a second of Unix time. It is beside the tables, so nobody else
-- may name it.
create function offset_s("zone" text, "at" bigint)
returns bigint
language sql immutable parallel safe security invoker
return extract(epoch from (to_timestamp("at") at time zone "zone") at time zone 'UTC')::bigint - "at";

-- working_hours: the stretches of working time in a period ["since", "until"), in order; none of them overlap. Without
-- "until" up to now. There is none before 1970 or after 2199.
create function ${api}.working_hours("schedule" uuid, "since" timestamptz, "until" timestamptz)
returns table (
  began_at timestamptz,
  ended_at timestamptz
)
language sql stable parallel safe security invoker
begin atomic
  with recursive defined as (
    select d.version, d.zone, d.hours, d.holidays, d.since, d.until,
           floor(extract(epoch from d.since))::bigint as since_s, ceil(extract(epoch from d.until))::bigint as until_s
    from (
      select s.version, s.zone, s.hours, s.holidays,
             greatest("since", case when s.version > 1 then s.defined_at end, '1970-01-01Z') as since,
             least(coalesce("until", ${now}), s.replaced_at, '2200-01-01Z') as until
      from schedules s
      where s.id = "schedule"
    ) d
    where d.since < d.until
  ),
  -- between two days with different offsets lies the second at which the clocks change
  sampled as (
    select d.version, d.zone, p.at as until_s, lag(p.at) over in_order as since_s,
           offset_s(d.zone, p.at) as offset_s,
           lag(offset_s(d.zone, p.at)) over in_order as before_s
    from defined d
    cross join lateral (
      select generate_series(d.since_s, d.until_s, 86400) as at union select d.until_s
    ) p
    window in_order as (partition by d.version order by p.at)
  ),
  narrowed as (
    select s.version, s.zone, s.since_s, s.until_s, s.before_s
    from sampled s
    where s.offset_s <> s.before_s
    union all
    select n.version, n.zone,
           case when m.changed then n.since_s else m.at end, case when m.changed then m.at else n.until_s end, n.before_s
    from narrowed n
    cross join lateral (select (n.since_s + n.until_s) / 2 as at) h
    cross join lateral (select h.at, offset_s(n.zone, h.at) <> n.before_s as changed) m
    where n.until_s - n.since_s > 1
  ),
  -- stretches in which the clocks of the zone do not change
  steady as (
    select b.version, b.at as since_s, offset_s(b.zone, b.at) as offset_s,
           lead(b.at, 1, b.until_s) over (partition by b.version order by b.at) as until_s
    from (
      select d.version, d.zone, d.since_s as at, d.until_s from defined d
      union all
      select n.version, n.zone, n.until_s, d.until_s
      from narrowed n join defined d on d.version = n.version
      where n.until_s - n.since_s = 1
    ) b
  ),
  weekly as (
    select d.version,
           array_position(
             array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
             split_part(h.text, ' ', 1)) as weekday,
           extract(epoch from split_part(split_part(h.text, ' ', 2), '-', 1)::time)::bigint as from_s,
           extract(epoch from split_part(h.text, '-', 2)::time)::bigint as until_s
    from defined d cross join lateral unnest(d.hours) as h(text)
  ),
  free as (
    select d.version, h.text::date - date '1970-01-01' as day
    from defined d cross join lateral unnest(d.holidays) as h(text)
  ),
  -- local days, counted from 1970-01-01, a Thursday
  days as (
    select s.version, s.offset_s, s.since_s, s.until_s, l.day
    from steady s
    cross join lateral generate_series(
      floor((s.since_s + s.offset_s) / 86400.0)::integer, floor((s.until_s - 1 + s.offset_s) / 86400.0)::integer) as l(day)
  ),
  worked as (
    select greatest(d.since, to_timestamp(greatest(l.since_s, l.day * 86400::bigint + w.from_s - l.offset_s))) as began_at,
           least(d.until, to_timestamp(least(l.until_s, l.day * 86400::bigint + w.until_s - l.offset_s))) as ended_at
    from days l
    join weekly w on w.version = l.version and w.weekday = (l.day + 3) % 7 + 1
    join defined d on d.version = l.version
    where not exists (select from free f where f.version = l.version and f.day = l.day)
  )
  select w.began_at, w.ended_at
  from worked w
  where w.began_at < w.ended_at
  order by w.began_at;
end;

-- business_seconds: how much of a period is working time. For many periods at once use measurements, which looks at the
-- hours once for all of them.
create function ${api}.business_seconds("schedule" uuid, "since" timestamptz, "until" timestamptz)
returns double precision
language sql stable parallel safe security invoker
begin atomic
  select coalesce(sum(extract(epoch from w.ended_at - w.began_at)), 0)::double precision
  from ${api}.working_hours("schedule", "since", "until") w;
end;

revoke execute on function
  offset_s(text, bigint),
  ${api}.working_hours(uuid, timestamptz, timestamptz),
  ${api}.business_seconds(uuid, timestamptz, timestamptz)
  from public;

grant execute on function
  offset_s(text, bigint),
  ${api}.working_hours(uuid, timestamptz, timestamptz),
  ${api}.business_seconds(uuid, timestamptz, timestamptz)
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
