-- Who asks, as policies and clients of the contract know it: set locally for each request, before the first row is read.

create schema auth;

create function auth.jwt() returns jsonb
language sql
stable
parallel safe
as $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;

create function auth.uid() returns uuid
language sql
stable
parallel safe
as $$
    select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
$$;

comment on function auth.jwt() is 'The claims of the request, or null outside one.';
comment on function auth.uid() is 'The profile id of the caller, or null for nobody.';

revoke all on function auth.jwt, auth.uid from public;

grant usage on schema auth to
    chronodesk_fold,
    chronodesk_anon,
    chronodesk_customer,
    chronodesk_agent,
    chronodesk_admin,
    chronodesk_auditor,
    chronodesk_analyst,
    chronodesk_service;

grant execute on function auth.jwt, auth.uid to
    chronodesk_fold,
    chronodesk_anon,
    chronodesk_customer,
    chronodesk_agent,
    chronodesk_admin,
    chronodesk_auditor,
    chronodesk_analyst,
    chronodesk_service;
