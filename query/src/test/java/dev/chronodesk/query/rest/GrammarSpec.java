package dev.chronodesk.query.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.Http.Reply;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.AsOf;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** The grammar of reads over a schema that has nothing to do with tickets: a library. */
@TestInstance(PER_CLASS)
class GrammarSpec {

    private static final String LIBRARY =
            """
            create schema hall;
            create schema library;
            create table hall.authors (id int primary key, name text not null, born date, mentor_id int
              constraint authors_mentor references hall.authors);
            create table hall.books (id int primary key, title text not null, price numeric(8,2), about jsonb,
              tags text[] not null default '{}', pages int4range, words tsvector,
              author_id int constraint books_author references hall.authors,
              translator_id int constraint books_translator references hall.authors);
            create table hall.covers (book_id int primary key constraint covers_book references hall.books, colour text);
            create table hall.readers (id int primary key, name text not null);
            create table hall.loans (book_id int constraint loans_book references hall.books,
              reader_id int constraint loans_reader references hall.readers, days int,
              primary key (book_id, reader_id));
            create table hall.notes (id int primary key, book int, said text);
            create view library.authors as select id, name, born, mentor_id from hall.authors;
            create view library.books as select id, title, price, about, tags, pages, words, author_id, translator_id
              from (select * from hall.books) b;
            create view library.covers as select book_id, upper(colour) as colour from hall.covers;
            create view library.readers as select id as id, name from hall.readers;
            create view library.loans as select l.days, l.reader_id, l.book_id from hall.loans l;
            create view library.notes as select id, book, said from hall.notes;
            comment on column library.notes.book is 'Which one; references books(id) as notes_book';
            create table library.numbers (n int primary key, secret int);
            create table library.feed (id int primary key, at int not null);
            insert into library.feed select g * 1000, g / 7 from generate_series(1, 300) g;
            insert into hall.authors values (1, 'Ada', '1815-12-10', null), (2, 'Ben', '1900-01-01', 1), (3, 'Cy', null, 1);
            insert into hall.books values
              (1, 'Alpha', 10.50, '{"lang": "en", "isbn": {"no": 7}, "list": [1, 2]}', '{a,b}', '[1,10)',
                to_tsvector('english', 'running dogs'), 1, 2),
              (2, 'Beta', 20.00, '{"lang": "de", "isbn": null}', '{b}', '[10,20)', null, 1, null),
              (3, 'Gamma', null, null, '{}', '[15,30)', null, 2, 3),
              (4, 'Delta "4"', 5.00, '{"lang": "en"}', '{c}', null, null, null, null);
            insert into hall.covers values (1, 'red'), (2, 'blue');
            insert into hall.readers values (1, 'Rita'), (2, 'Sam'), (3, 'Tom');
            insert into hall.loans values (1, 1, 7), (1, 2, 14), (2, 1, 3);
            insert into hall.notes values (1, 1, 'good'), (2, 1, 'bad'), (3, 99, 'lost');
            create function library.heirs(library.authors) returns setof library.authors stable language sql
              begin atomic select a.id, a.name, a.born, a.mentor_id from library.authors a where a.mentor_id = $1.id; end;
            create function library.first_book(library.authors) returns setof library.books rows 1 stable language sql
              begin atomic select b.id, b.title, b.price, b.about, b.tags, b.pages, b.words, b.author_id, b.translator_id
                from library.books b where b.author_id = $1.id order by b.id limit 1; end;
            create function library.add(a int, b int default 10) returns int immutable language sql return a + b;
            create function library.same(a int) returns int immutable language sql return a;
            create function library.same(a text) returns text immutable language sql return a;
            create function library.total(variadic n int[]) returns bigint immutable language sql
              begin atomic select sum(x) from unnest(n) x; end;
            create function library.some(n int) returns setof int immutable language sql
              begin atomic select generate_series(1, n); end;
            create function library.cheap(most numeric) returns setof library.books stable language sql
              begin atomic select b.id, b.title, b.price, b.about, b.tags, b.pages, b.words, b.author_id, b.translator_id
                from library.books b where b.price <= most; end;
            create function library.pair(out x int, out y text) immutable language sql
              begin atomic select 1, 'one'; end;
            create function library.nothing() returns void stable language sql begin atomic select; end;
            create function library.raise_it() returns int stable language plpgsql as
              $$ begin raise sqlstate 'PT418' using message = 'tea'; end $$;
            create function library.change_it() returns int volatile language sql return 1;
            grant usage on schema library, hall to chronodesk_agent;
            grant select on all tables in schema library to chronodesk_agent;
            grant select on all tables in schema hall to chronodesk_agent;
            revoke select on library.numbers from chronodesk_agent;
            """;

    private Desk desk;
    private Http http;

    @BeforeAll
    void start() throws SQLException {
        desk = new Desk().start();
        execute(LIBRARY);
        http = http(QuerySettings.defaults());
    }

    @AfterAll
    void stop() {
        desk.close();
    }

    private Http http(QuerySettings settings) {
        return new Http(new RestController(
                        desk.database().database().read(),
                        desk.runner(),
                        desk.log(),
                        settings,
                        List.of("library", "api"),
                        null,
                        Writes.NONE))
                .as(new Caller.Known(UUID.randomUUID(), Role.AGENT));
    }

    private void execute(String sql) throws SQLException {
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            // one by one: the driver cannot tell where a function ends among others
            for (var one : sql.split("(?<=;)\\R", -1)) statement.execute(one);
        }
    }

    /** The values of the parameters are encoded here, as a client does. */
    private Reply get(String uri, String... headers) {
        var question = uri.indexOf('?');
        if (question < 0) return http.get("/rest/v1/" + uri, headers);
        var parts = new ArrayList<String>();
        for (var part : uri.substring(question + 1).split("&", -1)) {
            var equals = part.indexOf('=');
            parts.add(encoded(part.substring(0, equals)) + "=" + encoded(part.substring(equals + 1)));
        }
        return http.get("/rest/v1/" + uri.substring(0, question) + "?" + String.join("&", parts), headers);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String compact(Reply reply) {
        return reply.body()
                .replace(", \n ", ",")
                .replace(", ", ",")
                .replace(": ", ":")
                .replace('"', '\'');
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            textBlock =
                    """
        books?select=id,t:title,price::text&id=eq.1 ; [{'id':1,'t':'Alpha','price':'10.50'}]
        books?select=id,about->isbn->no,n:about->isbn->>no,about->list->1&id=eq.1 ; [{'id':1,'no':7,'n':'7','list':2}]
        books?select=id&about->isbn->>no=eq.7 ; [{'id':1}]
        books?select=id&order=about->>lang.desc.nullslast,id.desc ; [{'id':4},{'id':1},{'id':2},{'id':3}]
        books?select=id&tags=ov.{a,c}&order=id ; [{'id':1},{'id':4}]
        books?select=id&tags=cs.{b}&order=id ; [{'id':1},{'id':2}]
        books?select=id&about=cs.{"lang":"en"}&order=id ; [{'id':1},{'id':4}]
        books?select=id&pages=ov.[9,12]&order=id ; [{'id':1},{'id':2}]
        books?select=id&pages=sl.[15,16) ; [{'id':1}]
        books?select=id&pages=sr.[1,10)&order=id ; [{'id':2},{'id':3}]
        books?select=id&pages=nxr.[1,20)&order=id ; [{'id':1},{'id':2}]
        books?select=id&pages=nxl.[15,30) ; [{'id':3}]
        books?select=id&pages=adj.[1,10) ; [{'id':2}]
        books?select=id&pages=cd.[0,12] ; [{'id':1}]
        books?select=id&price=isdistinct.5&order=id ; [{'id':1},{'id':2},{'id':3}]
        books?select=id&title=like(any).{A*,B*}&order=id ; [{'id':1},{'id':2}]
        books?select=id&title=not.ilike(all).{*a*,*t*}&order=id ; [{'id':1},{'id':3}]
        books?select=id&title=imatch.^(alpha|beta)$&order=id ; [{'id':1},{'id':2}]
        books?select=id&title=in.("Delta \\"4\\"",Beta)&order=id ; [{'id':2},{'id':4}]
        books?select=id&words=fts(english).dog ; [{'id':1}]
        books?select=id&words=wfts(english).running -cat ; [{'id':1}]
        books?select=id&title=plfts(simple).beta ; [{'id':2}]
        books?select=id&title=not.phfts(simple).beta&order=id ; [{'id':1},{'id':3},{'id':4}]
        books?select=id&or=(title.fts(simple).gamma,and(price.gte.20,tags.cs.{b}))&order=id ; [{'id':2},{'id':3}]
        books?select=id&not.and=(id.gt.1,not.or(id.eq.3,id.eq.4))&order=id ; [{'id':1},{'id':3},{'id':4}]
        books?select=count() ; [{'count':4}]
        books?select=author_id,n:count(),price.sum()::text&order=author_id ; [{'author_id':1,'n':2,'sum':'30.50'},{'author_id':2,'n':1,'sum':null},{'author_id':null,'n':1,'sum':'5.00'}]
        books?select=low:price.min(),high:price.max(),price.avg()::int,price.count() ; [{'low':5.00,'high':20.00,'avg':12,'count':3}]
        books?select=lang:about->>lang,count()&about->>lang=not.is.null&order=lang ; 42703
        books?select=a:author_id(name),count()&author_id=not.is.null&a.name=eq.Ada&a=not.is.null ; [{'a':{'name':'Ada'},'count':2}]
        books?select=id,author:authors!books_author(name)&order=id ; [{'id':1,'author':{'name':'Ada'}},{'id':2,'author':{'name':'Ada'}},{'id':3,'author':{'name':'Ben'}},{'id':4,'author':null}]
        books?select=id,authors!author_id(name)&id=eq.1 ; [{'id':1,'authors':{'name':'Ada'}}]
        books?select=id,author_id(name)&id=eq.1 ; [{'id':1,'author_id':{'name':'Ada'}}]
        books?select=id,books_translator(name)&id=eq.1 ; [{'id':1,'books_translator':{'name':'Ben'}}]
        books?select=id,a:author_id!inner(name)&a.name=eq.Ben ; [{'id':3,'a':{'name':'Ben'}}]
        books?select=id,a:author_id(name)&a.name=eq.Ben&order=id&limit=1 ; [{'id':1,'a':null}]
        books?select=id,...author_id(author:name)&order=id&limit=2 ; [{'id':1,'author':'Ada'},{'id':2,'author':'Ada'}]
        books?select=id,covers(colour)&order=id&limit=1 ; [{'id':1,'covers':{'colour':'RED'}}]
        books?select=id,notes(said)&id=lt.3&notes.order=said&order=id ; [{'id':1,'notes':[{'said':'bad'},{'said':'good'}]},{'id':2,'notes':[]}]
        books?select=id,notes(said)&id=eq.1&notes.order=said&notes.limit=1&notes.offset=1 ; [{'id':1,'notes':[{'said':'good'}]}]
        books?select=id,notes()&notes=is.null&order=id ; [{'id':2},{'id':3},{'id':4}]
        books?select=id,notes(id)&notes.said=eq.bad&notes=not.is.null ; [{'id':1,'notes':[{'id':2}]}]
        books?select=id,notes(),covers()&or=(notes.is.null,covers.is.null)&order=id ; [{'id':2},{'id':3},{'id':4}]
        books?select=id,notes(count())&id=eq.1 ; [{'id':1,'notes':[{'count':2}]}]
        books?select=id,notes(id)&notes.or=(id.eq.2,said.eq.x)&id=eq.1 ; [{'id':1,'notes':[{'id':2}]}]
        books?select=id,notes(id)&notes.not.or=(id.eq.2,said.eq.x)&id=eq.1 ; [{'id':1,'notes':[{'id':1}]}]
        books?select=id,...notes(notes:id)&notes.order=id.desc&id=eq.1 ; [{'id':1,'notes':[2,1]}]
        books?select=id,readers(name)&readers.order=name.desc&id=eq.1 ; [{'id':1,'readers':[{'name':'Sam'},{'name':'Rita'}]}]
        readers?select=name,books!inner(title)&books.title=eq.Beta ; [{'name':'Rita','books':[{'title':'Beta'}]}]
        readers?select=name,loans(days,books(title))&id=eq.2 ; [{'name':'Sam','loans':[{'days':14,'books':{'title':'Alpha'}}]}]
        readers?select=name,loans(books(author_id(name)))&loans.books.author_id.name=eq.Ada&id=eq.2 ; [{'name':'Sam','loans':[{'books':{'author_id':{'name':'Ada'}}}]}]
        books?select=id,a:author_id(name)&order=a(name).desc.nullslast,id ; [{'id':3,'a':{'name':'Ben'}},{'id':1,'a':{'name':'Ada'}},{'id':2,'a':{'name':'Ada'}},{'id':4,'a':null}]
        authors?select=name,mentor:mentor_id(name)&id=eq.2 ; [{'name':'Ben','mentor':{'name':'Ada'}}]
        authors?select=name,authors!mentor_id(name)&authors.order=name&id=eq.1 ; [{'name':'Ada','authors':[{'name':'Ben'},{'name':'Cy'}]}]
        authors?select=name,heirs(name)&heirs.order=name&id=eq.1 ; [{'name':'Ada','heirs':[{'name':'Ben'},{'name':'Cy'}]}]
        authors?select=name,first_book(title)&order=first_book(title).nullslast&limit=1 ; [{'name':'Ada','first_book':{'title':'Alpha'}}]
        rpc/add?a=1&b=2 ; 3
        rpc/add?a=1 ; 11
        rpc/total?n={1,2,3} ; 6
        rpc/some?n=3 ; [1,2,3]
        rpc/pair ; {'x':1,'y':'one'}
        rpc/cheap?most=11&select=title,author_id(name)&order=price.desc&limit=1 ; [{'title':'Alpha','author_id':{'name':'Ada'}}]
        rpc/cheap?most=11&title=like.A*&select=id ; [{'id':1}]
        """)
    void asked_so_it_answers_so(String uri, String answer) {
        var reply = get(uri);
        if (answer.matches("\\d{5}")) assertThat(reply.code()).isEqualTo(answer);
        else assertThat(compact(reply)).isEqualTo(answer);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            textBlock =
                    """
        books?select=id,authors(name)                    ; 300 ; PGRST201
        authors?select=id,books(title)                   ; 300 ; PGRST201
        authors?select=id,authors(name)                  ; 300 ; PGRST201
        books?select=id,numbers(n)                       ; 400 ; PGRST200
        books?select=id,authors!nothing(name)            ; 400 ; PGRST200
        rpc/pair?select=x,books(id)                      ; 400 ; PGRST200
        books?select=id&notes.id=eq.1                    ; 400 ; PGRST108
        books?select=id&order=notes(id)                  ; 400 ; PGRST108
        books?select=id,notes(id)&order=notes(id)        ; 400 ; PGRST118
        books?select=id,notes(id)&notes=eq.1             ; 400 ; PGRST120
        books?select=id,...notes(count())                ; 400 ; PGRST127
        books?select=id,notes(nothing)                   ; 400 ; 42703
        books?select=id,notes(id)&notes.nothing=eq.1     ; 400 ; 42703
        books?select=id,notes(id                         ; 400 ; PGRST100
        books?select=title.sum()                         ; 404 ; 42883
        boks                                             ; 404 ; PGRST205
        rpc/ad?a=1                                       ; 404 ; PGRST202
        rpc/add?c=1                                      ; 404 ; PGRST202
        rpc/change_it                                    ; 404 ; PGRST202
        rpc/same?a=1                                     ; 300 ; PGRST203
        rpc/raise_it                                     ; 418 ; PT418
        rpc/add?a=x                                      ; 400 ; 22P02
        numbers                                          ; 403 ; 42501
        """)
    void what_is_not_there_is_said(String uri, int status, String code) {
        get(uri).isRefused(status, code);
    }

    @Test
    void an_ambiguous_embedding_lists_what_it_could_be() {
        var reply = get("books?select=authors(name)");
        assertThat(reply.json().path("message").asString())
                .isEqualTo("Could not embed because more than one relationship was found for 'books' and 'authors'");
        assertThat(reply.json().path("details").toString())
                .isEqualTo("[{\"cardinality\":\"many-to-one\",\"embedding\":\"books with authors\",\"relationship\":"
                        + "\"books_author using books(author_id) and authors(id)\"},"
                        + "{\"cardinality\":\"many-to-one\",\"embedding\":\"books with authors\",\"relationship\":"
                        + "\"books_translator using books(translator_id) and authors(id)\"}]");
        assertThat(reply.json().path("hint").asString())
                .isEqualTo("Try changing 'authors' to one of the following: 'authors!books_author',"
                        + " 'authors!books_translator'. Find the desired relationship in the 'details' key.");
    }

    @Test
    void what_was_nearly_right_is_hinted() {
        assertThat(get("boks").json().path("hint").asString()).isEqualTo("Perhaps you meant the table 'public.books'");
        assertThat(get("books?select=reader(id)").json().path("hint").asString())
                .isEqualTo("Perhaps you meant 'readers' instead of 'reader'.");
        assertThat(get("rpc/add?c=1").json().path("hint").asString())
                .isEqualTo("Perhaps you meant to call the function public.add(a, b)");
    }

    @Nested
    class Counts {

        @Test
        void are_of_the_rows_that_inner_embeddings_leave() {
            var uri = "books?select=id,notes!inner(id)&limit=1";
            assertThat(get(uri, "Prefer", "count=exact").header("Content-Range"))
                    .isEqualTo("0-0/1");
            assertThat(get("books?select=id,notes()&notes=is.null&limit=1", "Prefer", "count=exact")
                            .header("Content-Range"))
                    .isEqualTo("0-0/3");
            assertThat(get("books?select=author_id,count()&limit=1", "Prefer", "count=exact")
                            .header("Content-Range"))
                    .isEqualTo("0-0/3");
        }

        @Test
        void can_be_what_the_planner_thinks() throws SQLException {
            execute("insert into hall.readers select g, 'R' || g from generate_series(1000, 2999) g;"
                    + " analyze hall.readers");
            try {
                var few = http(new QuerySettings(Duration.ofSeconds(10), 100, 16_384, 1000));
                for (var count : List.of("planned", "estimated")) {
                    var reply = few.get("/rest/v1/readers?select=id&limit=5", "Prefer", "count=" + count);
                    assertThat(reply.header("Content-Range")).isEqualTo("0-4/2003");
                    assertThat(reply.status()).isEqualTo(206);
                    assertThat(reply.header("Preference-Applied")).isEqualTo("count=" + count);
                }
                // the planner guesses for a pattern; what is little is counted
                var estimated = few.get("/rest/v1/readers?select=id&name=like.Ri*", "Prefer", "count=estimated");
                assertThat(estimated.header("Content-Range")).isEqualTo("0-0/1");
            } finally {
                execute("delete from hall.readers where id >= 1000");
            }
        }

        @Test
        void strict_clients_hear_of_what_is_not_known() {
            assertThat(get("books", "Prefer", "handling=strict, count=exact").status())
                    .isEqualTo(200);
            assertThat(get("books", "Prefer", "handling=strict, fast=yes").code())
                    .isEqualTo("PGRST122");
            assertThat(get("books", "Prefer", "fast=yes").status()).isEqualTo(200);
        }
    }

    @Nested
    class Forms {

        @Test
        void nulls_are_stripped_in_embeddings_too() {
            assertThat(compact(get(
                            "authors?select=name,born,mentor_id(name,born)&id=eq.3",
                            "Accept",
                            "application/vnd.pgrst.object+json;nulls=stripped")))
                    .isEqualTo("{'name':'Cy','mentor_id':{'name':'Ada','born':'1815-12-10'}}");
        }

        @Test
        void csv_has_a_cell_for_an_embedding() {
            assertThat(get("books?select=id,title,a:author_id(name)&id=eq.4", "Accept", "text/csv")
                            .body())
                    .isEqualTo("id,title,a\n\"4\",\"Delta \"\"4\"\"\",");
        }

        @Test
        void functions_are_called_by_post_head_and_with_lists() {
            assertThat(http.send("POST", "/rest/v1/rpc/total", "{\"n\":[1,2,null]}")
                            .body())
                    .isEqualTo("3");
            assertThat(http.send("POST", "/rest/v1/rpc/add?select=add", "{\"a\":1,\"b\":null}")
                            .body())
                    .isEqualTo("null");
            assertThat(http.send("POST", "/rest/v1/rpc/nothing", "").status()).isEqualTo(204);
            assertThat(http.send("POST", "/rest/v1/rpc/some", "{\"n\":3}", "Prefer", "return=minimal")
                            .status())
                    .isEqualTo(204);
            var head = http.send("HEAD", "/rest/v1/rpc/some?n=3", "", "Prefer", "count=exact");
            assertThat(head.header("Content-Range")).isEqualTo("0-2/3");
            assertThat(head.body()).isEmpty();
        }

        @Test
        void schemas_are_chosen_by_profile() {
            assertThat(get("tickets", "Accept-Profile", "api").status()).isEqualTo(200);
            assertThat(get("tickets", "Accept-Profile", "public").code()).isEqualTo("PGRST205");
            assertThat(get("books", "Accept-Profile", "library").status()).isEqualTo(200);
            assertThat(get("books", "Accept-Profile", "hall").code()).isEqualTo("PGRST106");
            assertThat(http.send("POST", "/rest/v1/rpc/add", "{\"a\":1}", "Content-Profile", "hall")
                            .code())
                    .isEqualTo("PGRST106");
        }

        @Test
        void what_the_settings_name_is_shown_beside_our_views_and_cannot_be_changed() {
            try (var asOf = asOf()) {
                var both = new Http(new RestController(
                                desk.database().database().read(),
                                desk.runner(),
                                desk.log(),
                                new QuerySettings(
                                        Duration.ofSeconds(10),
                                        100,
                                        16_384,
                                        List.of("library"),
                                        1000,
                                        Duration.ofHours(1),
                                        4,
                                        DataSize.ofGigabytes(1),
                                        Duration.ofHours(1)),
                                asOf,
                                Writes.NONE))
                        .as(new Caller.Known(UUID.randomUUID(), Role.AGENT));
                assertThat(both.get("/rest/v1/tickets").status()).isEqualTo(200);
                assertThat(both.get("/rest/v1/books", "Accept-Profile", "library")
                                .status())
                        .isEqualTo(200);
                assertThat(both.get("/rest/v1/books", "Accept-Profile", "hall").body())
                        .contains("public, library");
                assertThat(both.send("POST", "/rest/v1/books", "{}", "Content-Profile", "library")
                                .code())
                        .isEqualTo("PGRST117");
                assertThat(both.get("/rest/v1/books", "Accept-Profile", "library", "Chronodesk-As-Of", "0")
                                .code())
                        .isEqualTo("CD400");
            }
        }

        private AsOf asOf() {
            return new AsOf(
                    desk.database().database().fold(),
                    desk.log(),
                    desk.database().keys(),
                    ReadTables.model(desk.codec()),
                    100,
                    new AsOf.Bounds(1, Long.MAX_VALUE, Duration.ofHours(1)));
        }

        @Test
        void the_schema_describes_what_the_caller_may_read() {
            var described = get("", "Accept", "application/openapi+json");
            assertThat(described.header("Content-Type")).startsWith("application/openapi+json");
            assertThat(described.json().path("definitions").propertyNames())
                    .contains("books", "authors")
                    .doesNotContain("numbers");
            assertThat(described
                            .json()
                            .at("/definitions/books/properties/price/type")
                            .asString())
                    .isEqualTo("number");
            assertThat(described
                            .json()
                            .at("/paths/~1rpc~1add/post/parameters/0/schema/required/0")
                            .asString())
                    .isEqualTo("a");
            assertThat(described
                            .json()
                            .at("/definitions/notes/properties/book/description")
                            .asString())
                    .startsWith("Which one");
        }
    }

    @Nested
    class Limits {

        @Test
        void are_on_depth_and_number_of_embeddings() {
            for (var levels : List.of(4, 5)) {
                var reply =
                        get("books?select=author_id(" + "mentor_id(".repeat(levels) + "id" + ")".repeat(levels) + ")");
                assertThat(reply.status()).as(reply.body()).isEqualTo(levels == 4 ? 200 : 400);
            }
            assertThat(get("books?select=" + "a:author_id(id),".repeat(20) + "id")
                            .status())
                    .isEqualTo(200);
            assertThat(get("books?select=" + "a:author_id(id),".repeat(21) + "id")
                            .code())
                    .isEqualTo("PGRST100");
        }

        @Test
        void are_on_rows_in_embeddings_as_on_top() {
            var capped = http(new QuerySettings(Duration.ofSeconds(10), 1, 16_384, 1000));
            assertThat(compact(capped.get("/rest/v1/books?select=id,notes(id)&notes.order=id&notes.limit=5&order=id")))
                    .isEqualTo("[{'id':1,'notes':[{'id':1}]}]");
        }

        @Test
        void names_are_names_and_values_are_values() {
            assertThat(get("books?select=id,x\";drop table hall.books--:title&id=eq.1")
                            .status())
                    .isIn(200, 400);
            assertThat(get("books?select=\"a\"\"b\":title").status()).isIn(200, 400);
            assertThat(get("books?select=id,about->' or 1=1--&id=eq.1").body()).contains("\"id\":1");
            assertThat(get("books?title=plfts(simple').x").status()).isEqualTo(400);
            assertThat(get("books?select=count()").body()).isEqualTo("[{\"count\":4}]");
        }
    }

    /**
     * Rows come in everywhere while somebody pages by the last row's key: none that was there is lost, none doubled.
     */
    @Test
    void paging_by_key_loses_and_doubles_nothing_while_rows_come_in() throws SQLException {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("GrammarSpec -Dseed=" + seed);
        var random = new Random(seed);
        var next = 1;
        var seen = new ArrayList<String>();
        var cursor = "";
        while (true) {
            var reply = get("feed?select=id,at&order=at.desc,id&limit=" + (1 + random.nextInt(20)) + cursor);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            if (reply.json().isEmpty()) break;
            for (var row : reply.json()) seen.add(row.path("id").asString());
            var last = reply.json().get(reply.json().size() - 1);
            var at = last.path("at").asString();
            cursor = "&or=(at.lt." + at + ",and(at.eq." + at + ",id.gt."
                    + last.path("id").asString() + "))";
            for (var i = random.nextInt(10); i > 0; i--) {
                execute("insert into library.feed values (" + (1000 * (1 + random.nextInt(300)) + next % 999 + 1) + ", "
                        + random.nextInt(43) + ") on conflict do nothing");
                next++;
            }
        }
        assertThat(new HashSet<>(seen)).as("doubled, seed %s", seed).hasSameSizeAs(seen);
        var first = new ArrayList<String>();
        for (var i = 1; i <= 300; i++) first.add(Integer.toString(i * 1000));
        assertThat(seen).as("lost, seed %s", seed).containsAll(first);
    }

    /** Whatever is asked, it is the caller's fault or an answer. */
    @Test
    void nothing_that_is_asked_is_our_fault() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("GrammarSpec -Dseed=" + seed);
        var random = new Random(seed);
        for (var i = 0; i < 1500; i++) {
            var query = new StringBuilder();
            for (var j = random.nextInt(4); j >= 0; j--)
                query.append(encoded(left(random)))
                        .append('=')
                        .append(encoded(right(random, 3)))
                        .append('&');
            var uri = "/rest/v1/" + any(random, "books", "authors", "readers", "rpc/cheap", "rpc/some") + "?" + query;
            var reply = http.send(
                    any(random, "GET", "HEAD"),
                    uri,
                    "",
                    "Prefer",
                    any(random, "count=exact", "count=planned", "count=estimated", "x"),
                    "Accept",
                    any(random, "*/*", "text/csv", "application/vnd.pgrst.object+json;nulls=stripped"));
            assertThat(reply.status())
                    .as("%s (seed %s) %s", uri, seed, reply.body())
                    .isLessThan(500);
        }
    }

    private static String left(Random random) {
        return any(
                random,
                "select",
                "select",
                "select",
                "order",
                "limit",
                "or",
                "not.and",
                "id",
                "title",
                "about->>lang",
                "pages",
                "tags",
                "words",
                "notes",
                "notes.id",
                "notes.order",
                "a.or",
                "n",
                "most",
                "..",
                "a.b.c.d.e.f.g.h");
    }

    private static String right(Random random, int depth) {
        if (depth == 0) return any(random, "id", "title", "*", "1", "", "{", "null", "é");
        var inside = right(random, depth - 1);
        return switch (random.nextInt(14)) {
            case 0 -> "id," + inside;
            case 1 -> "notes(" + inside + ")";
            case 2 -> "a:author_id(" + inside + ")";
            case 3 -> "..." + any(random, "author_id", "readers", "covers") + "!inner(" + inside + ")";
            case 4 -> any(random, "count()", "price.sum()", "id.max()::text", "about.max()", "tags.avg()");
            case 5 -> "(" + inside + "," + "id.eq.1)";
            case 6 ->
                any(random, "eq.", "fts.", "wfts(english).", "in.", "not.is.", "cs.", "like(any).", "adj.") + inside;
            case 7 -> "is.null";
            case 8 -> inside + any(random, ".desc", "::int", "->0", "->>x", ")", "(", "\"");
            case 9 -> "a(" + inside + ")";
            case 10 -> "3";
            case 11 -> any(random, "heirs", "first_book", "books!loans", "authors!mentor_id") + "(" + inside + ")";
            case 12 -> "(not.or(id.gt.1,notes.is.null))";
            default -> inside;
        };
    }

    private static String any(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
