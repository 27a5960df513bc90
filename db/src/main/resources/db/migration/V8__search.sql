-- What search needs beside the read tables: trigrams for words that are misspelt, and the desk's language.

create schema search;

create extension if not exists pg_trgm with schema search;

do $$
begin
    if not exists (
        select from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm' and n.nspname = 'search'
    ) then
        raise exception 'the extension pg_trgm is in another schema of this database'
            using hint = 'alter extension pg_trgm set schema search, or use a database of its own';
    end if;
end
$$;

-- How words are cut and stemmed. Another language: alter its mappings (docs/search.md), then rebuild the read tables.
create text search configuration search.desk (copy = pg_catalog.english);

-- What somebody typed: words, "a phrase", or, -without, and begin* for words that begin so.
create function search.query(said text) returns tsquery
language sql
stable
strict
parallel safe
begin atomic
    select
        websearch_to_tsquery('search.desk', regexp_replace(said, '(^|\s)[^\s"*]+\*(?=\s|$)', ' ', 'g'))
        && coalesce(
            (
                select to_tsquery('search.desk', string_agg('''' || w.word[2] || ''':*', ' & '))
                from regexp_matches(said, '(^|\s)([^\s"*''\\]+)\*(?=\s|$)', 'g') as w (word)
            ),
            ''::tsquery
        );
end;

revoke all on function search.query from public;
grant usage on schema search to chronodesk_fold;
grant execute on function search.query to chronodesk_fold;
