-- profiles: people. One row per profile, folded by ProfileProjection.
create table profiles (
  id           uuid        not null constraint profiles_pk primary key,
  email        text,                    -- null without an account, or when erased
  display_name text,                    -- null when erased
  role         text        not null,
  active       boolean     not null,
  created_at   timestamptz not null,
  email_position    bigint,             -- of the event that said the address; null without an account
  email_since       timestamptz,
  email_by          uuid,
  email_verified_at timestamptz,
  erased_at    timestamptz,
  version      integer     not null
);

-- profile_by_email: whose address that is now
create index profiles_by_email on profiles (lower(normalize(email)));

-- everybody whom a customer deals with: the customers' policy, asked of the staff and not of all customers
create index profiles_staff on profiles (id) where role in ('agent', 'admin');

alter table profiles enable row level security;
alter table profiles force row level security;

create policy profiles_fold on profiles to current_user using (true) with check (true);
create policy profiles_self on profiles for select to chronodesk_customer
  using (id = (select auth.uid()));
-- the staff that a customer deals with: who has one of their tickets now, or answered on one where they can see it; their
-- own policies say which those are. The cheap question comes first, and mostly answers.
create policy profiles_staff_on_own_tickets on profiles for select to chronodesk_customer
  using (role in ('agent', 'admin')
         and (exists (select from tickets t where t.assignee_id = profiles.id)
              or exists (select from ticket_comments c where c.author_id = profiles.id)));
create policy profiles_all on profiles for select
  to chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

-- Columns are null for those who may not know them, so that "select=*" works for everybody. The roles that may are
-- named: a role that nobody thought of sees nulls.
create view ${api}.profiles with (security_invoker = true) as
  select p.id,
         case when current_user in ('chronodesk_agent', 'chronodesk_admin', 'chronodesk_auditor', 'chronodesk_service')
                or (current_user = 'chronodesk_customer' and p.id = (select auth.uid()))
              then p.email end as email,
         case when current_user in ('chronodesk_agent', 'chronodesk_admin', 'chronodesk_auditor', 'chronodesk_service')
                or (current_user = 'chronodesk_customer' and p.id = (select auth.uid()))
              then p.email_verified_at end as email_verified_at,
         case when current_user in ('chronodesk_agent', 'chronodesk_admin', 'chronodesk_auditor', 'chronodesk_service',
                                    'chronodesk_customer')
              then p.display_name end as display_name,
         case when current_user <> 'chronodesk_customer' or p.id = (select auth.uid()) then p.role end as role,
         case when current_user <> 'chronodesk_customer' or p.id = (select auth.uid()) then p.active end as active,
         case when current_user <> 'chronodesk_customer' or p.id = (select auth.uid()) then p.created_at end as created_at,
         case when current_user <> 'chronodesk_customer' or p.id = (select auth.uid()) then p.erased_at end as erased_at
  from profiles p;

grant select on profiles, ${api}.profiles
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;
