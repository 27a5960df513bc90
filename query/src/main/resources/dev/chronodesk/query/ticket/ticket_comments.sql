-- ticket_comments: what was said. One row per comment, folded by TicketProjection.
create table ticket_comments (
  id         uuid        not null,    -- chosen by the writer, unique on its ticket only
  ticket_id  uuid        not null,
  position   bigint      not null,
  author_id  uuid        not null,
  body       text,                    -- null when erased
  visibility text        not null,
  created_at timestamptz not null,
  constraint ticket_comments_pk primary key (id, ticket_id)
);

-- a ticket's conversation in order; also what the customers' policy looks up
create index ticket_comments_of_ticket on ticket_comments (ticket_id, position);

alter table ticket_comments enable row level security;
alter table ticket_comments force row level security;

create policy ticket_comments_fold on ticket_comments to current_user using (true) with check (true);
create policy ticket_comments_public_on_own on ticket_comments for select to chronodesk_customer
  using (visibility = 'public'
         and ticket_id = any (array(select t.id from tickets t where t.requester_id = (select auth.uid()))));
create policy ticket_comments_all on ticket_comments for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.ticket_comments with (security_invoker = true) as
  select id, ticket_id, author_id, body, visibility, created_at
  from ticket_comments;

grant select on ticket_comments, ${api}.ticket_comments
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
