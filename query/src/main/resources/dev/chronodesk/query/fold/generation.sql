-- generation: where these tables stand. One row, written in the transaction that writes the rows.
-- "fingerprint" says by which definitions they were folded, "incarnation" and "event_id" of which log they are a fold.
create table generation (
  single      boolean     not null default true constraint generation_pk primary key,
  fingerprint text        not null,
  incarnation uuid        not null,
  position    bigint      not null,
  event_id    uuid,
  constraint generation_is_one check (single)
) with (fillfactor = 20);

alter table generation enable row level security;
alter table generation force row level security;

create policy generation_fold on generation to current_user using (true) with check (true);
create policy generation_all on generation for select
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service
  using (true);

grant select (position) on generation
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;

grant usage on schema ${api}
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;

-- Names that begin with _ are not offered by the read API: this is what it says in Chronodesk-Position.
create view ${api}._position with (security_invoker = true) as
  select position from generation;
grant select on ${api}._position
  to chronodesk_customer, chronodesk_agent, chronodesk_admin, chronodesk_auditor, chronodesk_analyst, chronodesk_service;

-- needed: when a node of this version last said that it lives. One row, written by each of them now and then.
create table needed (
  single boolean     not null default true constraint needed_pk primary key,
  at     timestamptz not null default clock_timestamp(),
  constraint needed_is_one check (single)
) with (fillfactor = 20);

alter table needed enable row level security;
alter table needed force row level security;

create policy needed_fold on needed to current_user using (true) with check (true);

insert into needed default values;

-- erased: who was erased up to the position. What is about them is null, also in rows that are written after that: it may
-- have been sealed before their key was destroyed on every node.
create table erased (
  person uuid not null constraint erased_pk primary key
);

alter table erased enable row level security;
alter table erased force row level security;

create policy erased_fold on erased to current_user using (true) with check (true);
