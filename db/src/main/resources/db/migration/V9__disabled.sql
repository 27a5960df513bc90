-- principal.disabled follows the log as the role does.
alter table identity.principal add column disabled_position bigint not null default 0;  -- log position of the event that said so last
