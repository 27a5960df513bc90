-- ticket_events: what happened to tickets, without any text. One row per event, folded by TicketProjection.
create table ticket_events (
  position    bigint      not null constraint ticket_events_pk primary key,
  ticket_id   uuid        not null,
  seq         integer     not null,
  type        text        not null,
  actor_id    uuid        not null,
  recorded_at timestamptz not null,
  occurred_at timestamptz not null,
  internal    boolean     not null,   -- an internal note: for a customer it did not happen
  changes     jsonb       not null
);

-- a ticket's history in order; also what the customers' policy looks up
alter table ticket_events add constraint ticket_events_of_ticket_uk unique (ticket_id, seq);

alter table ticket_events enable row level security;
alter table ticket_events force row level security;

create policy ticket_events_fold on ticket_events to current_user using (true) with check (true);
create policy ticket_events_public_of_own on ticket_events for select to chronodesk_customer
  using (not internal
         and ticket_id = any (array(select t.id from tickets t where t.requester_id = (select auth.uid()))));
create policy ticket_events_all on ticket_events for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.ticket_events with (security_invoker = true) as
  select position, ticket_id, seq, type, actor_id, recorded_at, occurred_at, changes
  from ticket_events;

grant select on ticket_events, ${api}.ticket_events
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
