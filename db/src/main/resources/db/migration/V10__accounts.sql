-- Accounts with mail, links, second factors and rate limits. Secrets are hashed or sealed; what happened stays readable.

-- account: people who were invited or sign in by mail have no password until they set one.
alter table identity.account alter column password_hash drop not null;
alter table identity.account add column app_metadata         jsonb not null default '{}';  -- written by administrators only, never decides a role
alter table identity.account add column email_position       bigint not null default 0;    -- log position of the event that said the address last
alter table identity.account add column new_email            text;                         -- asked for, not yet proved
alter table identity.account add column email_change_sent_at timestamptz;
alter table identity.account add column email_change_current_at timestamptz;               -- when the present address agreed to new_email
alter table identity.account add column email_change_new_at  timestamptz;                  -- when new_email was proved
alter table identity.account add column confirmation_sent_at timestamptz;
alter table identity.account add column recovery_sent_at     timestamptz;
alter table identity.account add column invited_at           timestamptz;

-- principal: an erased person's row stays, so that nobody can come back under their id.
alter table identity.principal add column erased boolean not null default false;

-- session: how, from where and with which device; last_seen_at is written at most once in some minutes.
alter table identity.session add column aal          text  not null default 'aal1' constraint session_aal_ck check (aal in ('aal1', 'aal2'));
alter table identity.session add column methods      jsonb not null default '[]';          -- [{"method", "timestamp" in seconds}], the first is how it was opened
alter table identity.session add column user_agent   text;
alter table identity.session add column address      inet;
alter table identity.session add column last_seen_at timestamptz not null default now();

-- one_time_token: what a mail carries. The link's token is random and its hash is enough; the six digits are few, so their
-- hash is keyed with a secret of the log's schema, and they die after some wrong guesses while the link lives on.
create table identity.one_time_token (
  id           uuid        not null constraint one_time_token_pk primary key,
  account_id   uuid        not null constraint one_time_token_account_fk references identity.account (id) on delete cascade,
  kind         text        not null constraint one_time_token_kind_ck check (kind in
                 ('confirmation', 'recovery', 'magiclink', 'invite', 'email_change_current', 'email_change_new', 'reauthentication')),
  email        text        not null,                  -- where it was sent
  link_hash    bytea       not null constraint one_time_token_link_uk unique,
  code_hash    bytea       not null,
  wrong        int         not null default 0,        -- guesses at the six digits
  flow_state   uuid,                                  -- the exchange it belongs to, for clients that keep a verifier
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  constraint one_time_token_kind_uk unique (account_id, kind)                 -- the last one sent counts
);

-- the six digits are presented with the address
create index one_time_token_of_email on identity.one_time_token (email);

-- flow_state: RFC 7636. The code is given out when the link was followed, and exchanged once by who knows the verifier.
create table identity.flow_state (
  id          uuid        not null constraint flow_state_pk primary key,
  challenge   text        not null,
  method      text        not null constraint flow_state_method_ck check (method in ('s256', 'plain')),
  code_hash   bytea       constraint flow_state_code_uk unique,
  account_id  uuid        constraint flow_state_account_fk references identity.account (id) on delete cascade,
  how         text,                                   -- the method of authentication that the session will name
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null
);

-- mail: what is to be sent and what was. The texts carry tokens and are emptied when the mail is out or given up.
create table identity.mail (
  id           uuid        not null constraint mail_pk primary key,
  kind         text        not null,
  account_id   uuid        constraint mail_account_fk references identity.account (id) on delete set null,
  recipient    text        not null,
  subject      text,
  plain        text,
  html         text,
  message_id   text        not null constraint mail_message_id_uk unique,
  state        text        not null default 'waiting' constraint mail_state_ck check (state in ('waiting', 'sent', 'failed', 'bounced')),
  attempts     int         not null default 0,
  next_at      timestamptz not null default now(),
  reply        text,                                  -- what the server said to the last attempt
  created_at   timestamptz not null default now(),
  sent_at      timestamptz
);

-- the outbox: … where state = 'waiting' and next_at <= now() order by next_at
create index mail_waiting on identity.mail (next_at) where state = 'waiting';
create index mail_of_recipient on identity.mail (recipient, created_at);

-- trail: sign-ins, failures and changes. Only ever added to; who it concerns is cut off when they are erased.
create table identity.trail (
  id         bigint      generated always as identity constraint trail_pk primary key,
  at         timestamptz not null default now(),
  action     text        not null,
  actor_id   uuid,                                    -- who did it; null for nobody known
  account_id uuid,                                    -- whom it concerns; null for an unknown address
  session_id uuid,
  address    inet,
  user_agent text,
  cause      text
);

create index trail_of_account on identity.trail (account_id, id);

-- factor: second factors. The secret is sealed like the signing keys.
create table identity.factor (
  id                 uuid        not null constraint factor_pk primary key,
  account_id         uuid        not null constraint factor_account_fk references identity.account (id) on delete cascade,
  friendly_name      text,
  kind               text        not null constraint factor_kind_ck check (kind = 'totp'),
  status             text        not null default 'unverified' constraint factor_status_ck check (status in ('unverified', 'verified')),
  secret             bytea       not null,            -- AES-256-GCM: nonce, then ciphertext
  last_step          bigint      not null default 0,  -- the time step of the last code taken; no step is taken twice
  tries              int         not null default 0,  -- codes presented since the last right one
  next_try_at        timestamptz,                     -- after some tries the next one has to wait, longer each time
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  last_challenged_at timestamptz,
  constraint factor_name_uk unique (account_id, friendly_name)
);

-- challenge: one question for a code of that factor.
create table identity.challenge (
  id          uuid        not null constraint challenge_pk primary key,
  factor_id   uuid        not null constraint challenge_factor_fk references identity.factor (id) on delete cascade,
  address     text        not null,                   -- who asked; nobody else may answer
  tries       int         not null default 0,         -- codes presented; some, and it is over
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  verified_at timestamptz                             -- answered; no question is answered twice
);

create index challenge_of_factor on identity.challenge (factor_id);

-- bucket: the state of each rate limit, shared by all nodes. Whom it is about stands in it only as a keyed hash.
create table identity.bucket (
  id         text   not null constraint bucket_pk primary key,
  state      bytea,
  -- milliseconds since 1970. A row is made empty and filled at once; one that a crash left empty goes after a day.
  expires_at bigint not null default extract(epoch from now() + interval '1 day') * 1000
);

-- … where expires_at < ? limit ?
create index bucket_expiring on identity.bucket (expires_at);

-- api_key: keys of single programs beside the two that every desk has: named, bounded in what they may and for how long.
alter table identity.api_key drop constraint api_key_kind_ck;
alter table identity.api_key add constraint api_key_kind_ck check (kind in ('publishable', 'secret', 'machine'));
alter table identity.api_key add column name         text;
alter table identity.api_key add column prefix       text;                     -- the first characters, to tell keys apart
alter table identity.api_key add column role         text;                     -- at the desk
alter table identity.api_key add column scopes       text[];
alter table identity.api_key add column expires_at   timestamptz;
alter table identity.api_key add column last_used_at timestamptz;              -- written at most once in some minutes
alter table identity.api_key add column revoked_at   timestamptz;
alter table identity.api_key add column created_by   uuid;
alter table identity.api_key add constraint api_key_machine_ck check
  ((kind = 'machine') = (name is not null and prefix is not null and role is not null and scopes is not null));

grant select, insert, update, delete on identity.one_time_token, identity.flow_state, identity.factor, identity.challenge, identity.bucket
  to chronodesk_identity;
grant select, insert, update on identity.mail to chronodesk_identity;
grant select, insert on identity.trail to chronodesk_identity;
grant update (actor_id, account_id, session_id, address, user_agent) on identity.trail to chronodesk_identity;
grant update on identity.api_key, identity.signing_key to chronodesk_identity;
grant delete on identity.refresh_token to chronodesk_identity;

-- sessions from before were all opened by a password
update identity.session
set methods = jsonb_build_array(jsonb_build_object('method', 'password', 'timestamp', extract(epoch from created_at)::bigint));
