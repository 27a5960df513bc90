-- search_tickets: full text over subject, description and comments, with the reader's rights applied inside.
-- Row-level security keeps PostgreSQL from asking an index for operators that could tell what they saw, so the function
-- runs as the owner of the tables and looks for itself who asks. Roles are named: one that nobody thought of finds nothing.
alter table ticket_comments add column words tsvector not null
  generated always as (setweight(to_tsvector('search.desk', coalesce(body, '')), 'D')) stored;

-- search_tickets: words in a comment
create index ticket_comments_words on ticket_comments using gin (words) with (gin_pending_list_limit = 512);

-- Has the library loaded that knows a setting below: a session that has not may not make a function with it. So only a
-- function beside the tables has it; views and their functions are made again in other sessions.
select search.word_similarity('', '');

-- found: the places where it is, and without any for plain words, tickets whose subject is written almost like that. It is
-- beside the tables, so nobody else may name it. It is planned anew for what it is asked: how many places a word has, and
-- which tickets are fitting, decides what is looked at first; without a filter, tickets are not looked at at all. Starting
-- another process takes longer than what it would take over.
create function found(
  query        text,
  words        tsquery,
  staff        boolean,
  customer     uuid,
  filtered     boolean,
  of_status    text,
  of_priority  text,
  of_assignee  uuid,
  of_team      uuid,
  of_requester uuid,
  since        timestamptz,
  until        timestamptz
)
returns table (ticket uuid, comment uuid, rank real)
language sql stable security invoker
set plan_cache_mode to force_custom_plan
set max_parallel_workers_per_gather to 0
set pg_trgm.word_similarity_threshold to 0.5
begin atomic
  -- not materialized: each use asks the index that suits it
  with fitting as not materialized (
    select t.id, t.requester_id
    from tickets t
    where (of_status is null or t.status = of_status)
      and (of_priority is null or t.priority = of_priority)
      and (of_assignee is null or t.assignee_id = of_assignee)
      and (of_team is null or t.team_id = of_team)
      and (of_requester is null or t.requester_id = of_requester)
      and (since is null or t.updated_at >= since)
      and (until is null or t.updated_at < until)
  ),
  place as materialized (
    select p.ticket, p.comment, p.rank
    from (
      select w.ticket_id as ticket, null::uuid as comment, ts_rank(w.words, found.words, 1) as rank
      from ticket_texts w left join fitting t on t.id = w.ticket_id
      where staff and w.words @@ found.words and (t.id is not null or not filtered)
      union all
      select c.ticket_id, c.id, ts_rank(c.words, found.words, 1)
      from ticket_comments c left join fitting t on t.id = c.ticket_id
      where staff and c.words @@ found.words and (t.id is not null or not filtered)
      union all
      -- of a customer the tickets are found first: they have few, and others have many
      select t.id, h.comment, h.rank
      from fitting t, lateral (
        select null::uuid as comment, ts_rank(w.words, found.words, 1) as rank
        from ticket_texts w
        where w.ticket_id = t.id and w.words @@ found.words
        union all
        select c.id, ts_rank(c.words, found.words, 1)
        from ticket_comments c
        where c.ticket_id = t.id and c.visibility = 'public' and c.words @@ found.words
      ) h
      where t.requester_id = customer
    ) p
    limit 10001
  )
  select ticket, comment, rank from place
  union all
  (
    select w.ticket_id, null, (search.word_similarity(found.query, w.subject) / 100)::real
    from ticket_texts w left join fitting t on t.id = w.ticket_id
    where not exists (select from place)
      and (t.requester_id = customer or staff and (t.id is not null or not filtered))
      -- who asks for a phrase, a beginning or without a word means just that
      and found.query !~ '["*]|(^|\s)-'
      and w.subject operator(search.%>) found.query
    limit 1000
  );
end;

-- One row a ticket, the best first; "after_rank" and "after_id" are those of the last row of the page before.
-- At most 10,000 places are looked at: "capped" says that there are more, and "total" counts the tickets found in those.
create function ${api}.search_tickets(
  query        text,
  of_status    text        default null,
  of_priority  text        default null,
  of_assignee  uuid        default null,
  of_team      uuid        default null,
  of_requester uuid        default null,
  since        timestamptz default null,
  until        timestamptz default null,
  after_rank   real        default null,
  after_id     uuid        default null,
  size         integer     default 20
)
returns table (
  id           uuid,
  number       bigint,
  subject      text,
  status       text,
  priority     text,
  requester_id uuid,
  assignee_id  uuid,
  team_id      uuid,
  updated_at   timestamptz,
  rank         real,
  comment_id   uuid,       -- where the best place is; null for subject and description
  highlight    text,       -- that place, words between ⟦ and ⟧
  total        bigint,
  capped       boolean
)
language sql stable security definer
set search_path to pg_catalog, pg_temp
begin atomic
  with asked as materialized (
    select search.query(search_tickets.query) as words,
           current_setting('role', true) in ('chronodesk_agent', 'chronodesk_admin', 'chronodesk_auditor',
                                             'chronodesk_analyst', 'chronodesk_service') as staff,
           case current_setting('role', true) when 'chronodesk_customer' then auth.uid() end as customer
  ),
  found as materialized (
    select f.ticket, f.comment, f.rank
    from asked a, lateral found(
      search_tickets.query, a.words, a.staff, a.customer,
      num_nonnulls(of_status, of_priority, of_assignee, of_team, of_requester, since, until) > 0,
      of_status, of_priority, of_assignee, of_team, of_requester, since, until) f
  ),
  best as materialized (
    select distinct on (b.ticket) b.ticket, b.comment, b.rank
    from found b
    order by b.ticket, b.rank desc, b.comment nulls first
  ),
  counted as materialized (
    select (select count(*) from best) as total, (select count(*) > 10000 from found) as capped
  ),
  page as materialized (
    select b.ticket, b.comment, b.rank
    from best b
    where after_rank is null or b.rank < after_rank or b.rank = after_rank and b.ticket < after_id
    order by b.rank desc, b.ticket desc
    limit greatest(1, least(coalesce(search_tickets.size, 20), 100))
  )
  select t.id, t.number, t.subject, t.status, t.priority, t.requester_id, t.assignee_id, t.team_id, t.updated_at,
         p.rank, p.comment,
         ts_headline('search.desk', coalesce(c.body, concat_ws(E'\n', t.subject, t.description)), a.words,
                     'StartSel=⟦, StopSel=⟧, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "'),
         n.total, n.capped
  from page p
  join tickets t on t.id = p.ticket
  left join ticket_comments c on c.id = p.comment and c.ticket_id = p.ticket
  cross join asked a
  cross join counted n
  order by p.rank desc, p.ticket desc;
end;

revoke all on function ${api}.search_tickets from public;

grant execute on function ${api}.search_tickets
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
