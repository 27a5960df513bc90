-- tickets: what lists and searches show. One row per ticket, folded by TicketProjection.
create table tickets (
  id                uuid        not null constraint tickets_pk primary key,
  number            bigint      not null constraint tickets_number_uk unique,   -- position of TicketCreated
  subject           text,                                                       -- null when erased
  description       text,                                                       -- null when erased
  status            text        not null,
  priority          text        not null,
  type              text,
  requester_id      uuid        not null,
  assignee_id       uuid,
  team_id           uuid,
  tags              text[]      not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  first_response_at timestamptz,
  solved_at         timestamptz,
  closed_at         timestamptz,
  reopen_count      integer     not null,
  comment_count     integer     not null,
  version           integer     not null
);

-- a requester's own list, newest change first; also what the customers' policies look up, and nothing but this index
create index tickets_of_requester on tickets (requester_id, updated_at desc, id desc) include (assignee_id);
-- an agent's queue: where assignee_id = … order by updated_at desc
create index tickets_of_assignee on tickets (assignee_id, updated_at desc, id desc);
-- everybody's list: order by updated_at desc
create index tickets_by_change on tickets (updated_at desc, id desc);

-- lists of a status, and searches within one: where status = … for what is not solved, a small part of all
create index tickets_unsolved on tickets (status, updated_at desc, id desc) where status not in ('solved', 'closed');

alter table tickets enable row level security;
alter table tickets force row level security;

-- One policy per kind of reader, so that each uses its index; the sub-select makes the claim a constant of the query.
create policy tickets_fold on tickets to current_user using (true) with check (true);
create policy tickets_own on tickets for select to chronodesk_customer
  using (requester_id = (select auth.uid()));
create policy tickets_all on tickets for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.tickets with (security_invoker = true) as
  select id, number, subject, description, status, priority, type, requester_id, assignee_id, team_id, tags,
         created_at, updated_at, first_response_at, solved_at, closed_at, reopen_count, comment_count, version
  from tickets;

grant select on tickets, ${api}.tickets
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
