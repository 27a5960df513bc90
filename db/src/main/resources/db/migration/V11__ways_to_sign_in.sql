-- Ways to sign in beside an address with a password or a mail: an identity at a provider, or none at all.

-- account: anonymous people, and those whom a trusted issuer names without an address, have none.
alter table identity.account alter column email drop not null;
alter table identity.account add column email_identity_at timestamptz;                     -- since when password and mail are a way to sign in; null while only providers are
alter table identity.account add column email_on_trust boolean not null default false;     -- counts as confirmed, and nobody has shown anything for it

update identity.account set email_identity_at = created_at;

-- identity: who somebody is at a provider. The subject is the provider's word for them and never another person's.
create table identity.identity (
  id              uuid        not null constraint identity_pk primary key,
  account_id      uuid        not null constraint identity_account_fk references identity.account (id) on delete cascade,
  provider        text        not null,               -- its name in the settings
  subject         text        not null,               -- the claim sub
  subject_key     bytea       not null,               -- keyed hash of both, which outlives the person
  claims          jsonb       not null default '{}',  -- what the provider said about the person last, as far as it is kept
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  last_sign_in_at timestamptz,
  constraint identity_subject_uk unique (provider, subject)
);

-- the account with its identities
create index identity_of_account on identity.identity (account_id);

-- erased_subject: an erased person's tokens of a trusted issuer from before open nothing. Nobody can tell whose it is.
create table identity.erased_subject (
  subject_key bytea       not null constraint erased_subject_pk primary key,
  erased_at   timestamptz not null
);

create index erased_subject_at on identity.erased_subject (erased_at);

-- provider_visit: somebody is at a provider now and comes back with this state, once.
create table identity.provider_visit (
  state_hash   bytea       not null constraint provider_visit_pk primary key,
  provider     text        not null,
  redirect     text        not null,                  -- where the visit leads in the end, an address that was allowed
  browser_hash bytea,                                 -- of the cookie that the same browser brings back; null where a verifier shows that
  flow_state   uuid,                                  -- the exchange it belongs to, for clients that keep a verifier
  account_id   uuid        constraint provider_visit_account_fk references identity.account (id) on delete cascade,  -- who adds an identity to this account
  session_id   uuid,                                  -- … with this session
  expires_at   timestamptz not null
);

create index provider_visit_expiring on identity.provider_visit (expires_at);
create index provider_visit_of_account on identity.provider_visit (account_id);

-- flow_state: the provider's tokens wait with the code for whoever knows the verifier. Sealed like the signing keys.
alter table identity.flow_state add column provider_tokens bytea;

grant select, insert, update, delete on identity.identity, identity.erased_subject, identity.provider_visit to chronodesk_identity;
