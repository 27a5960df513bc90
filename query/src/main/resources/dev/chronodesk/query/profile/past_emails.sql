-- past_emails: addresses that people had. One row per address and time, written when another one took its place; folded by
-- ProfileProjection.
create table past_emails (
  profile_id  uuid        not null,
  position    bigint      not null,    -- of the event that said it
  email       text,                    -- null when erased
  since       timestamptz not null,
  changed_by  uuid        not null,
  verified_at timestamptz,
  until       timestamptz not null,
  constraint past_emails_pk primary key (profile_id, position)
);

-- profile_by_email: whose address that was
create index past_emails_by_email on past_emails (lower(normalize(email)));

alter table past_emails enable row level security;
alter table past_emails force row level security;

create policy past_emails_fold on past_emails to current_user using (true) with check (true);
create policy past_emails_self on past_emails for select to chronodesk_customer, chronodesk_agent
  using (profile_id = (select auth.uid()));
create policy past_emails_all on past_emails for select to chronodesk_admin, chronodesk_auditor, chronodesk_service
  using (true);

-- profile_emails: every address that a person had, the present one last. Agents see of others what profiles shows them:
-- the present address.
create view ${api}.profile_emails with (security_invoker = true) as
  select p.id as profile_id, p.email, p.email_since as since, p.email_verified_at as verified_at,
         null::timestamptz as until, p.email_by as changed_by, p.email_position as position
  from profiles p
  where p.email_position is not null
    and (current_user in ('chronodesk_agent', 'chronodesk_admin', 'chronodesk_auditor', 'chronodesk_service')
         or p.id = (select auth.uid()))
  union all
  select e.profile_id, e.email, e.since, e.verified_at, e.until, e.changed_by, e.position
  from past_emails e;

grant select on past_emails, ${api}.profile_emails
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_service;

-- profile_by_email: whose address that was at a moment, however it is written, as far as the reader may know.
create function ${api}.profile_by_email("email" text, "at" timestamptz default ${now})
returns table (
  profile_id  uuid,
  since       timestamptz,
  verified_at timestamptz,
  until       timestamptz
)
language sql stable parallel safe security invoker
begin atomic
  select e.profile_id, e.since, e.verified_at, e.until
  from ${api}.profile_emails e
  where lower(normalize(e.email)) = lower(normalize(btrim(profile_by_email."email")))
    and e.since <= "at" and ("at" < e.until or e.until is null)
  order by e.position desc
  limit 1;
end;

revoke execute on function ${api}.profile_by_email(text, timestamptz) from public;
grant execute on function ${api}.profile_by_email(text, timestamptz)
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_service;
