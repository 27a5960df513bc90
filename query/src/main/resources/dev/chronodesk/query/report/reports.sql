-- reports: numbers as they were published. One row per report, folded by ReportProjection.
create table reports (
  id           uuid        not null constraint reports_pk primary key,
  title        text        not null,
  call         text        not null,   -- the function and its arguments
  position     bigint      not null,   -- of the tables that it was computed from
  content_type text        not null,
  sha256       text        not null,   -- of the content's UTF-8 bytes
  content      text        not null,
  published_at timestamptz not null,
  published_by uuid        not null
);

alter table reports enable row level security;
alter table reports force row level security;

create policy reports_fold on reports to current_user using (true) with check (true);
create policy reports_all on reports for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

create view ${api}.reports with (security_invoker = true) as
  select id, title, call, position, content_type, sha256, octet_length(content) as bytes, published_at, published_by
  from reports;

grant select on reports, ${api}.reports
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;

-- report_content: what was published; not a column of the view, since a list of reports would be long.
create function ${api}.report_content("report" uuid)
returns text
language sql stable parallel safe security invoker
begin atomic
  select r.content from reports r where r.id = "report";
end;

revoke execute on function ${api}.report_content(uuid) from public;
grant execute on function ${api}.report_content(uuid)
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
