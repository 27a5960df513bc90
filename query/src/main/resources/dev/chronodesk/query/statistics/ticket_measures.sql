-- ticket_measures: what is measured once a ticket. Folded by StatisticsProjection.
create table ticket_measures (
  ticket_id          uuid        not null constraint ticket_measures_pk primary key,
  requester_id       uuid        not null,
  opened_at          timestamptz not null,
  assignee_id        uuid,
  first_response_at  timestamptz,
  first_responder_id uuid,
  resolved_at        timestamptz,         -- null again after a reopening
  resolver_id        uuid,                -- the assignee when it was solved; null when there was none
  version            integer     not null
);

-- agent_performance: the first responses and the resolutions of a period, and nothing but these indexes
create index ticket_measures_responded on ticket_measures (first_response_at) include (first_responder_id, opened_at)
  where first_response_at is not null;
create index ticket_measures_resolved on ticket_measures (resolved_at) include (resolver_id, opened_at)
  where resolved_at is not null;

alter table ticket_measures enable row level security;
alter table ticket_measures force row level security;

create policy ticket_measures_fold on ticket_measures to current_user using (true) with check (true);
create policy ticket_measures_all on ticket_measures for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select on ticket_measures
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
