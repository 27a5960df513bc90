-- newer: what a later version of the program has and an earlier one has not.
alter table tickets add column urgent boolean not null generated always as (priority = 'urgent') stored;

create view ${api}.urgent_tickets with (security_invoker = true) as
  select id, number from tickets where urgent;

grant select on ${api}.urgent_tickets to chronodesk_agent;
