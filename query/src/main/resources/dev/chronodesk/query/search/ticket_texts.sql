-- ticket_texts: what is searched of a ticket itself. Folded by SearchProjection; for search_tickets alone, so nobody may read it.
create table ticket_texts (
  ticket_id   uuid     not null constraint ticket_texts_pk primary key,
  requester_id uuid    not null,
  subject     text,                                                       -- null when erased
  description text,                                                       -- null when erased
  words       tsvector not null
    generated always as (setweight(to_tsvector('search.desk', coalesce(subject, '')), 'A')
                         || setweight(to_tsvector('search.desk', coalesce(description, '')), 'C')) stored
);

-- search_tickets: words in subject or description
create index ticket_texts_words on ticket_texts using gin (words) with (gin_pending_list_limit = 512);

-- search_tickets: a subject that reads almost like that
create index ticket_texts_subject_alike on ticket_texts using gin (subject search.gin_trgm_ops) with (gin_pending_list_limit = 512);

alter table ticket_texts enable row level security;
alter table ticket_texts force row level security;

create policy ticket_texts_fold on ticket_texts to current_user using (true) with check (true);
