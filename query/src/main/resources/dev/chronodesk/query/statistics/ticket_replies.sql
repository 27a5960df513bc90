-- ticket_replies: public comments by who was staff when they wrote them. Folded by StatisticsProjection.
create table ticket_replies (
  position   bigint      not null constraint ticket_replies_pk primary key,
  ticket_id  uuid        not null,
  author_id  uuid        not null,
  replied_at timestamptz not null
);

-- agent_performance: the replies of a period, and nothing but this index
create index ticket_replies_in_time on ticket_replies (replied_at) include (author_id);

alter table ticket_replies enable row level security;
alter table ticket_replies force row level security;

create policy ticket_replies_fold on ticket_replies to current_user using (true) with check (true);
create policy ticket_replies_all on ticket_replies for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_replies
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
