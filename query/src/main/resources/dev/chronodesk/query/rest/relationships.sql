-- What belongs together, for readers that embed (docs/api-reads.md). The catalogue has it as comments on the views' columns,
-- which enforce nothing: a fold writes in the log's order, and a row may name somebody who was erased or not folded yet.
comment on column ${api}.tickets.requester_id is 'Who asked; references profiles(id) as tickets_requester';
comment on column ${api}.tickets.assignee_id is 'Who has it now; references profiles(id) as tickets_assignee';
comment on column ${api}.tickets.team_id is 'Whose queue it is in; references teams(id) as tickets_team';

comment on column ${api}.ticket_comments.ticket_id is 'references tickets(id) as ticket_comments_ticket';
comment on column ${api}.ticket_comments.author_id is 'references profiles(id) as ticket_comments_author';

comment on column ${api}.ticket_events.ticket_id is 'references tickets(id) as ticket_events_ticket';
comment on column ${api}.ticket_events.actor_id is 'references profiles(id) as ticket_events_actor';

comment on column ${api}.profile_emails.profile_id is 'Whose it is; references profiles(id) as profile_emails_profile';
comment on column ${api}.profile_emails.changed_by is 'Who gave it to them; references profiles(id) as profile_emails_giver';

comment on column ${api}.team_members.team_id is 'references teams(id) as team_members_team';
comment on column ${api}.team_members.profile_id is 'references profiles(id) as team_members_profile';
