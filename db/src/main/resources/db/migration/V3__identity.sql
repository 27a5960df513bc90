-- identity: who is calling. Accounts, sessions and keys are here and not in the log: secrets never enter the log.
-- Only the login chronodesk_identity reads or writes this schema, and it owns nothing in it.

create schema identity;

-- principal: what counts about a caller at each request. The role follows the log; nobody else writes it.
create table identity.principal (
  id              uuid        not null constraint principal_pk primary key,
  role            text        not null,
  role_position   bigint      not null,               -- log position of the event that gave the role; older events change nothing
  disabled        boolean     not null default false,
  banned_until    timestamptz,
  session_version int         not null default 1      -- one more ends every session that was opened before
);

-- account: how a person proves who they are. Pending until the log has registered the profile and claimed the address.
create table identity.account (
  id                 uuid        not null constraint account_pk primary key,   -- also the profile's id and a token's subject
  email              text        not null constraint account_email_uk unique,  -- normalised
  state              text        not null constraint account_state_ck check (state in ('pending', 'active')),
  password_hash      text        not null,                                     -- Argon2id with its parameters
  user_metadata      jsonb       not null default '{}',
  email_confirmed_at timestamptz,
  last_sign_in_at    timestamptz,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now()
);

-- sign-ups that a crash has left half done: select … where state = 'pending'
create index account_pending on identity.account (created_at) where state = 'pending';

-- session: one sign-in. Its refresh tokens are one family; revoked_at ends them all.
create table identity.session (
  id              uuid        not null constraint session_pk primary key,
  account_id      uuid        not null constraint session_account_fk references identity.account (id) on delete cascade,
  session_version int         not null,               -- the principal's when it was opened
  created_at      timestamptz not null default now(),
  refreshed_at    timestamptz,
  revoked_at      timestamptz
);

-- signing out everywhere: delete … where account_id = …
create index session_of_account on identity.session (account_id);

-- refresh_token: SHA-256 of each token, never the token. The next one is derived from the one presented, so that the same
-- token always has the same child and the answer to a repeated refresh need not be stored.
create table identity.refresh_token (
  id         bigint      generated always as identity constraint refresh_token_pk primary key,
  session_id uuid        not null constraint refresh_token_session_fk references identity.session (id) on delete cascade,
  hash       bytea       not null constraint refresh_token_hash_uk unique,
  parent_id  bigint      constraint refresh_token_parent_fk references identity.refresh_token (id) on delete cascade
                         constraint refresh_token_parent_uk unique,           -- one child at most
  generation int         not null,                                            -- 0 for the first of its session
  created_at timestamptz not null default now(),
  used_at    timestamptz                                                      -- null for the active one
);

-- one active token a session; also finds it when an earlier one is presented again
create unique index refresh_token_active_uk on identity.refresh_token (session_id) where used_at is null;

-- signing out removes a session's tokens: … where session_id = …
create index refresh_token_of_session on identity.refresh_token (session_id);

-- signing_key: keys of the access tokens. The private key is sealed with a secret that the login chronodesk_identity cannot
-- read from here; whoever reads the whole database has both.
create table identity.signing_key (
  kid        text        not null constraint signing_key_pk primary key,
  sealed     bytea       not null,                    -- AES-256-GCM over the private JWK: nonce, then ciphertext
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

-- api_key: keys of programs. A publishable key is no secret and is kept as it is; of a secret key only SHA-256.
create table identity.api_key (
  id          uuid        not null constraint api_key_pk primary key,
  kind        text        not null constraint api_key_kind_ck check (kind in ('publishable', 'secret')),
  hash        bytea       not null constraint api_key_hash_uk unique,
  publishable text        constraint api_key_publishable_ck check ((publishable is not null) = (kind = 'publishable')),
  created_at  timestamptz not null default now()
);

-- checkpoint: how far the log has been followed, and which event was there, so that another history is noticed.
create table identity.checkpoint (
  follower text   not null constraint checkpoint_pk primary key,
  position bigint not null,
  event_id uuid   not null
);

revoke all on schema identity from public;
grant usage on schema identity to chronodesk_identity;
grant select, insert, update on identity.principal to chronodesk_identity;
grant select, insert, update, delete on identity.account, identity.session to chronodesk_identity;
grant select, insert, update on identity.refresh_token to chronodesk_identity;
grant select, insert on identity.signing_key, identity.api_key to chronodesk_identity;
grant select, insert, update on identity.checkpoint to chronodesk_identity;
