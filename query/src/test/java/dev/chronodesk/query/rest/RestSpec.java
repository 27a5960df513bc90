package dev.chronodesk.query.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.Http.Reply;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.access.World;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /rest/v1} as a client meets it. */
@TestInstance(PER_CLASS)
class RestSpec {

    private World world;
    private RestController controller;
    private Http http;

    @BeforeAll
    void start() {
        world = new World(TestDatabase.create());
        // letters A to F, two of them urgent, one on hold, one without an assignee's team
        var letters = world.histories().by(world.root);
        for (var letter : List.of("A", "B", "C", "D", "E", "F")) {
            var id = letters.later(Duration.ofMinutes(1)).ticket(world.eve, letter);
            if (letter.equals("B") || letter.equals("E"))
                letters.append(new PriorityChanged(id, Priority.NORMAL, Priority.URGENT));
            if (letter.equals("C")) letters.move(id, Status.NEW, Status.ON_HOLD);
            if (letter.equals("D")) letters.assign(id, null, world.ada);
        }
        world.desk().caughtUp();
        controller = controller(QuerySettings.defaults());
        http = new Http(controller);
    }

    @AfterAll
    void stop() {
        world.close();
    }

    private RestController controller(QuerySettings settings) {
        return new RestController(
                world.desk().database().database().read(),
                world.desk().runner(),
                world.desk().log(),
                settings);
    }

    private Reply get(String uri, String... headers) {
        return http.as(world.caller(Role.AGENT)).get("/rest/v1/" + uri, headers);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The one-letter subjects that a query leaves. */
    private List<String> letters(String query) {
        var reply = get("tickets?select=subject&subject=match." + encoded("^[A-F]$") + "&order=subject&" + query);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.column("subject");
    }

    @Nested
    class Rows {

        @Test
        void are_an_array_that_says_where_it_stands() {
            var reply = get("tickets");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
            assertThat(reply.header("Content-Range")).isEqualTo("0-7/*");
            assertThat(reply.header("Chronodesk-Position"))
                    .isEqualTo(Long.toString(world.desk().log().head().position()));
            assertThat(reply.json()).hasSize(8);
        }

        @Test
        void have_every_column_in_the_view_s_order() {
            assertThat(get("tickets?id=eq." + world.bobs).json().get(0).propertyNames())
                    .containsExactly(
                            "id",
                            "number",
                            "subject",
                            "description",
                            "status",
                            "priority",
                            "type",
                            "requester_id",
                            "assignee_id",
                            "team_id",
                            "tags",
                            "created_at",
                            "updated_at",
                            "first_response_at",
                            "solved_at",
                            "closed_at",
                            "reopen_count",
                            "comment_count",
                            "version");
        }

        @Test
        void are_the_json_that_postgresql_makes_byte_for_byte() throws SQLException {
            var reply = get("tickets?order=number&limit=3");
            try (var connection = world.desk().database().superuser();
                    var statement = connection.createStatement();
                    var result = statement.executeQuery(
                            "select json_agg(row_to_json(t))::text from (select * from api.tickets order by number"
                                    + " limit 3) t")) {
                result.next();
                assertThat(reply.body()).isEqualTo(result.getString(1));
            }
        }

        @Test
        void can_be_chosen_named_cast_and_looked_into() {
            var reply = get(
                    "ticket_events?select=nr:position,type,to:changes-%3Estatus-%3E%3Eto,seq::text,first:changes-%3Etags-%3E0"
                        + "&ticket_id=eq." + world.bobs + "&order=position&limit=1");
            assertThat(reply.body())
                    .isEqualTo("[{\"nr\":" + reply.json().get(0).get("nr")
                            + ",\"type\":\"TicketCreated\",\"to\":\"new\",\"seq\":\"0\",\"first\":null}]");
        }

        @Test
        void are_none_and_still_an_array() {
            var reply = get("tickets?subject=eq.nothing");
            assertThat(reply.body()).isEqualTo("[]");
            assertThat(reply.header("Content-Range")).isEqualTo("*/*");
        }

        @Test
        void answer_head_without_a_body() {
            var reply = http.as(world.caller(Role.AGENT))
                    .send("HEAD", "/rest/v1/tickets?limit=2", "", "Prefer", "count=exact");
            assertThat(reply.status()).isEqualTo(206);
            assertThat(reply.header("Content-Range")).isEqualTo("0-1/8");
            assertThat(reply.body()).isEmpty();
        }

        @Test
        void can_be_csv() {
            var reply =
                    get("tickets?select=subject,assignee_id,tags&subject=in.(A,B)&order=subject", "Accept", "text/csv");
            assertThat(reply.header("Content-Type")).isEqualTo("text/csv; charset=utf-8");
            assertThat(reply.body()).isEqualTo("subject,assignee_id,tags\n\"A\",,\"{}\"\n\"B\",,\"{}\"");
        }

        @Test
        void can_leave_nulls_out() {
            var reply = get(
                    "tickets?select=subject,assignee_id&subject=eq.A",
                    "Accept",
                    "application/vnd.pgrst.array+json;nulls=stripped");
            assertThat(reply.body()).isEqualTo("[{\"subject\":\"A\"}]");
        }
    }

    @Nested
    class Filters {

        @ParameterizedTest(name = "{0} leaves {1}")
        @CsvSource(
                delimiter = ';',
                textBlock =
                        """
            subject=eq.A                              ; A
            subject=not.eq.A                          ; BCDEF
            subject=neq.A                             ; BCDEF
            subject=gt.D                              ; EF
            subject=gte.D                             ; DEF
            subject=lt.C                              ; AB
            subject=lte.C                             ; ABC
            subject=like.A*                           ; A
            subject=ilike.a*                          ; A
            subject=match.[AB]                        ; AB
            subject=imatch.[ab]                       ; AB
            subject=in.(A,"B",C)                      ; ABC
            subject=not.in.(A,"B",C)                  ; DEF
            subject=in.()                             ; ''
            subject=like(any).{A*,F*}                 ; AF
            subject=like(all).{A*,F*}                 ; ''
            subject=neq(all).{A,F}                    ; BCDE
            assignee_id=is.null                       ; ABCEF
            assignee_id=not.is.null                   ; D
            assignee_id=is.not_null                   ; D
            type=isdistinct.question                  ; ABCDEF
            priority=eq.urgent&status=eq.new          ; BE
            tags=cs.{vip}                             ; ''
            tags=cd.{vip}                             ; ABCDEF
            or=(subject.eq.A,subject.eq.F)            ; AF
            or=(subject.in.(A,B),and(priority.eq.urgent,status.eq.new)) ; ABE
            not.or=(subject.eq.A,subject.eq.F)        ; BCDE
            and=(subject.gt.A,not.or(subject.eq.B,status.eq.on_hold))   ; DEF
            or=(subject.not.in.(A,B,C,D,E),subject.like.A*)             ; AF
            or=(subject.eq."A",subject.like(any).{E*,F*})               ; AEF
            """)
        void work(String query, String letters) {
            var parts = new StringBuilder();
            for (var part : query.split("&", -1)) {
                var equals = part.indexOf('=');
                parts.append(part, 0, equals)
                        .append('=')
                        .append(encoded(part.substring(equals + 1)))
                        .append('&');
            }
            assertThat(String.join("", letters(parts.toString()))).isEqualTo(letters);
        }

        @Test
        void look_into_json() {
            var reply = get("ticket_events?select=position&changes-%3Estatus-%3E%3Eto=eq.on_hold");
            assertThat(reply.json()).hasSize(1);
            assertThat(get("ticket_events?select=type&or=(changes-%3Estatus-%3E%3Eto.eq.on_hold)")
                            .column("type"))
                    .containsExactly("StatusChanged");
        }

        @Test
        void take_a_value_for_a_value() {
            assertThat(letters("subject=eq." + encoded("A' or '1'='1"))).isEmpty();
            assertThat(letters("subject=in." + encoded("(\"A\\\"\",\"),(\")"))).isEmpty();
            assertThat(letters("or=" + encoded("(subject.eq.\"A\\\",\")"))).isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                textBlock =
                        """
            tickets?id=eq.no-uuid          ; 400 ; 22P02
            tickets?number=gt.many         ; 400 ; 22P02
            tickets?created_at=lt.soon     ; 400 ; 22007
            tickets?nothing=eq.1           ; 400 ; 42703
            tickets?select=nothing         ; 400 ; 42703
            tickets?order=nothing          ; 400 ; 42703
            tickets?or=(nothing.eq.1)      ; 400 ; 42703
            tickets?subject=A              ; 400 ; PGRST100
            tickets?subject=is.A           ; 400 ; PGRST100
            tickets?subject=near.A         ; 400 ; PGRST100
            tickets?subject=fts(x).A       ; 400 ; 42704
            tickets?or=subject.eq.A        ; 400 ; PGRST100
            tickets?or=(subject.eq.A       ; 400 ; PGRST100
            tickets?order=subject.up       ; 400 ; PGRST100
            tickets?select=a,,b            ; 400 ; PGRST100
            tickets?select=id::regclass    ; 400 ; PGRST100
            tickets?limit=some             ; 400 ; PGRST100
            tickets?limit=-1               ; 416 ; PGRST103
            tickets?offset=-1              ; 416 ; PGRST103
            tickets?subject=match.(        ; 400 ; 2201B
            tickets?select=id,profiles(id) ; 300 ; PGRST201
            tickets?select=...profiles(id) ; 300 ; PGRST201
            tickets?select=id,nothing(id)  ; 400 ; PGRST200
            tickets?select=id.middle()     ; 400 ; PGRST100
            tickets?profiles.id=eq.1       ; 400 ; PGRST108
            tickets?id=like.a              ; 404 ; 42883
            nothing                        ; 404 ; PGRST205
            _position                      ; 404 ; PGRST205
            a/b/c                          ; 404 ; PGRST125
            """)
        void say_what_is_wrong_in_the_contract_s_shape(String uri, int status, String code) {
            get(uri).isRefused(status, code);
        }

        @Test
        void are_limited_in_depth_number_and_length() {
            assertThat(get("tickets?and=" + "(and".repeat(16) + "(subject.eq.A)" + ")".repeat(16))
                            .status())
                    .isEqualTo(400);
            assertThat(get("tickets?and=" + "(and".repeat(15) + "(subject.eq.A)" + ")".repeat(15))
                            .status())
                    .isEqualTo(200);
            assertThat(get("tickets?" + "subject=eq.A&".repeat(200)).status()).isEqualTo(200);
            assertThat(get("tickets?" + "subject=eq.A&".repeat(201)).status()).isEqualTo(400);
            assertThat(get("tickets?subject=eq." + "A".repeat(16_384)).status()).isEqualTo(400);
        }
    }

    @Nested
    class Windows {

        @ParameterizedTest
        @CsvSource({
            "order=subject.desc&limit=2, FE",
            "order=subject.asc&limit=2&offset=1, BC",
            "'order=priority.desc,subject', BEACDF",
            "'order=assignee_id.nullsfirst,subject', ABCEFD",
            "'order=assignee_id.desc.nullslast,subject.desc', DFECBA",
            "limit=0, ''"
        })
        void order_and_cut(String query, String letters) {
            var reply = get("tickets?select=subject&subject=match." + encoded("^[A-F]$") + "&" + query);
            assertThat(String.join("", reply.column("subject"))).isEqualTo(letters);
        }

        @Test
        void follow_the_range_header() {
            var uri = "tickets?select=subject&subject=match." + encoded("^[A-F]$") + "&order=subject";
            var reply = get(uri, "Range", "1-2", "Range-Unit", "items");
            assertThat(reply.column("subject")).containsExactly("B", "C");
            assertThat(reply.header("Content-Range")).isEqualTo("1-2/*");
            assertThat(get(uri, "Range", "4-").column("subject")).containsExactly("E", "F");
            assertThat(get(uri, "Range", "4-2").code()).isEqualTo("PGRST103");
        }

        @Test
        void count_when_asked() {
            var uri = "tickets?select=subject&subject=match." + encoded("^[A-F]$");
            assertThat(get(uri + "&limit=2", "Prefer", "count=exact").header("Content-Range"))
                    .isEqualTo("0-1/6");
            assertThat(get(uri + "&limit=2", "Prefer", "count=exact").status()).isEqualTo(206);
            assertThat(get(uri, "Prefer", "count=exact").status()).isEqualTo(200);
            assertThat(get(uri + "&offset=6", "Prefer", "count=exact").header("Content-Range"))
                    .isEqualTo("*/6");
            var beyond = get(uri + "&offset=7", "Prefer", "count=exact");
            assertThat(beyond.status()).isEqualTo(416);
            assertThat(beyond.code()).isEqualTo("PGRST103");
        }

        @Test
        void are_capped() {
            var capped = new Http(controller(new QuerySettings(Duration.ofSeconds(10), 3, 16_384, 1000)))
                    .as(world.caller(Role.AGENT));
            assertThat(capped.get("/rest/v1/tickets").json()).hasSize(3);
            assertThat(capped.get("/rest/v1/tickets?limit=100").header("Content-Range"))
                    .isEqualTo("0-2/*");
            assertThat(capped.get("/rest/v1/tickets?limit=2").json()).hasSize(2);
        }

        @Test
        void one_row_can_be_an_object_and_only_one() {
            var one = get("tickets?select=subject&subject=eq.A", "Accept", "application/vnd.pgrst.object+json");
            assertThat(one.body()).isEqualTo("{\"subject\":\"A\"}");
            for (var query : List.of("subject=eq.none", "subject=in.(A,B)")) {
                var reply = get("tickets?" + query, "Accept", "application/vnd.pgrst.object+json");
                assertThat(reply.status()).isEqualTo(406);
                assertThat(reply.code()).isEqualTo("PGRST116");
                assertThat(reply.json().path("details").asString())
                        .isEqualTo("The result contains " + (query.endsWith("none") ? 0 : 2) + " rows");
            }
        }
    }

    @Nested
    class Embeddings {

        /** Whatever {@code relationships.sql} declares: a comment that is wrong would be found here alone. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "tickets?select=id,tickets_requester(id),tickets_assignee(id),tickets_team(id)",
                    "tickets?select=id,ticket_comments(id),ticket_events(position)",
                    "ticket_comments?select=id,ticket_comments_ticket(id),ticket_comments_author(id)",
                    "ticket_events?select=position,ticket_events_ticket(id),ticket_events_actor(id)",
                    "team_members?select=added_at,team_members_team(id),team_members_profile(id)",
                    "teams?select=id,profiles(id),team_members(added_at)",
                    "profiles?select=id,teams(id),tickets!tickets_requester(id)"
                })
        void are_there_as_declared(String uri) {
            var reply = get(uri);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        }

        @Test
        void join_what_belongs_together() {
            var reply = get(
                    "tickets?select=a:assignee_id(id),c:ticket_comments(id)&c.order=created_at&id=eq." + world.bobs);
            assertThat(reply.json().at("/0/a/id").asString()).isEqualTo(world.ada.toString());
            assertThat(reply.json().at("/0/c/0/id").asString()).isEqualTo(world.note.toString());
            assertThat(reply.json().at("/0/c/1/id").asString()).isEqualTo(world.said.toString());
            assertThat(get("teams?select=profiles(id)&id=eq." + world.team)
                            .json()
                            .at("/0/profiles/0/id")
                            .asString())
                    .isEqualTo(world.ada.toString());
        }

        @Test
        void show_a_customer_no_more_than_the_views_do() {
            http.as(world.caller(Role.CUSTOMER));
            var reply = http.get("/rest/v1/tickets?select=*,ticket_comments(*),ticket_events(*),tickets_assignee(*)");
            assertThat(reply.json()).hasSize(1);
            assertThat(reply.body())
                    .contains(world.said.toString())
                    .doesNotContain(World.SECRET)
                    .doesNotContain(world.note.toString())
                    .doesNotContain(world.eves.toString());
        }
    }

    @Nested
    class Doors {

        @Test
        void nobody_is_told_to_sign_in() {
            var reply = http.as(new Caller.Anonymous()).get("/rest/v1/tickets");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.code()).isEqualTo("42501");
            assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
        }

        @Test
        void a_customer_sees_their_own_and_no_byte_of_a_note() {
            http.as(world.caller(Role.CUSTOMER));
            assertThat(http.get("/rest/v1/tickets").column("id")).containsExactly(world.bobs.toString());
            for (var view : List.of("tickets", "ticket_comments", "ticket_events", "profiles", "teams")) {
                var reply = http.get("/rest/v1/" + view);
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.body())
                        .doesNotContain(World.SECRET)
                        .doesNotContain(world.note.toString())
                        .doesNotContain(world.amy.toString())
                        .doesNotContain(world.eves.toString());
            }
            assertThat(http.get("/rest/v1/tickets?subject=eq.A").body()).isEqualTo("[]");
            assertThat(http.get("/rest/v1/tickets", "Prefer", "count=exact").header("Content-Range"))
                    .isEqualTo("0-0/1");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void select_all_works_for_everybody(Role role) {
            for (var view : List.of("tickets", "ticket_comments", "ticket_events", "profiles", "teams", "team_members"))
                assertThat(http.as(world.caller(role))
                                .get("/rest/v1/" + view + "?select=*")
                                .status())
                        .isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "PATCH", "PUT", "DELETE"})
        void nothing_is_written_here(String method) {
            var reply = http.as(world.caller(Role.ADMIN)).send(method, "/rest/v1/tickets?id=eq." + world.bobs, "{}");
            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.code()).isEqualTo("PGRST117");
        }

        @Test
        void other_schemas_and_forms_are_not_there() {
            assertThat(get("tickets", "Accept-Profile", "public").status()).isEqualTo(200);
            assertThat(get("tickets", "Accept-Profile", "log").code()).isEqualTo("PGRST106");
            assertThat(get("tickets", "Accept", "image/png").code()).isEqualTo("PGRST107");
            assertThat(get("tickets", "Accept", "image/png, */*").status()).isEqualTo(200);
        }

        @Test
        void a_new_view_needs_no_java_and_a_read_may_not_take_for_ever() throws Exception {
            assertThat(get("quick").code()).isEqualTo("PGRST205");
            try (var connection = world.desk().database().superuser();
                    var statement = connection.createStatement()) {
                statement.execute("create view " + LiveSchema.VIEWS + ".slow as select pg_sleep(20)::text as slept");
                statement.execute("create view " + LiveSchema.VIEWS + ".quick as select 1 as fast");
                statement.execute("grant select on " + LiveSchema.VIEWS + ".slow, " + LiveSchema.VIEWS
                        + ".quick to chronodesk_agent");
            }
            var impatient = new Http(controller(new QuerySettings(Duration.ofMillis(300), 1000, 16_384, 1000)))
                    .as(world.caller(Role.AGENT));
            assertThat(impatient.get("/rest/v1/quick").body()).isEqualTo("[{\"fast\":1}]");
            assertThat(impatient.get("/rest/v1/slow").code()).isEqualTo("57014");
            Thread.sleep(1100); // a miss is looked at once a second
            assertThat(get("quick").body()).isEqualTo("[{\"fast\":1}]");
        }
    }

    @Nested
    class Positions {

        @Test
        void are_waited_for() throws Exception {
            var position = world.histories()
                    .later(Duration.ofSeconds(1))
                    .append(new PriorityChanged(world.eves, Priority.NORMAL, Priority.HIGH));
            var reply = get("tickets?id=eq." + world.eves, "Chronodesk-Min-Position", Long.toString(position));
            assertThat(reply.column("priority")).containsExactly("high");
            assertThat(Long.parseLong(reply.header("Chronodesk-Position"))).isGreaterThanOrEqualTo(position);
        }

        @Test
        void beyond_the_head_or_malformed_are_refused() {
            var head = world.desk().log().head().position();
            assertThat(get("tickets", "Chronodesk-Min-Position", Long.toString(head + 1))
                            .status())
                    .isEqualTo(400);
            for (var bad : List.of("x", "-1", "1.5", "", "99999999999999999999"))
                assertThat(get("tickets", "Chronodesk-Min-Position", bad).status())
                        .isEqualTo(400);
        }

        @Test
        void that_do_not_come_are_503_with_the_lag_and_hold_no_connection() throws Exception {
            try (var behind = new World(TestDatabase.create())) {
                behind.desk().stop();
                var position = behind.histories().ticket(behind.bob, "Later").value();
                assertThat(position).isNotNull();
                var head = behind.desk().log().head().position();
                var waiting = new RestController(
                        behind.desk().database().database().read(),
                        behind.desk().runner(),
                        behind.desk().log(),
                        QuerySettings.defaults());
                var asked = CompletableFuture.supplyAsync(() -> new Http(waiting)
                        .as(behind.caller(Role.AGENT))
                        .get("/rest/v1/tickets", "Chronodesk-Min-Position", Long.toString(head), "Prefer", "wait=1"));
                Thread.sleep(300);
                try (var connection = behind.desk().database().superuser();
                        var statement = connection.createStatement();
                        var result = statement.executeQuery(
                                "select count(*) from pg_stat_activity where usename = 'chronodesk_read'"
                                        + " and datname = current_database() and state <> 'idle'")) {
                    result.next();
                    assertThat(result.getInt(1)).isZero();
                }
                var reply = asked.get();
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("Retry-After")).isEqualTo("1");
                assertThat(reply.json().path("details").asString()).contains("1 behind the head");
            }
        }
    }

    @Nested
    class Functions {

        @Test
        void are_called_by_get_and_post() {
            var byGet = get("rpc/agent_performance?since=2026-01-01&until=2027-01-01T00:00:00Z");
            assertThat(byGet.status()).as(byGet.body()).isEqualTo(200);
            assertThat(byGet.json()).isNotEmpty();
            var byPost = http.as(world.caller(Role.AGENT))
                    .send(
                            "POST",
                            "/rest/v1/rpc/agent_performance",
                            "{\"since\":\"2026-01-01\",\"until\":\"2027-01-01T00:00:00Z\"}");
            assertThat(byPost.body()).isEqualTo(byGet.body());
        }

        @Test
        void answer_rows_that_can_be_chosen() {
            var reply = get("rpc/agent_performance?since=2026-01-01&until=2027-01-01&select=agent_id,replies"
                    + "&agent_id=eq." + world.ann);
            assertThat(reply.body()).isEqualTo("[{\"agent_id\":\"" + world.ann + "\",\"replies\":1}]");
        }

        @Test
        void want_exactly_their_arguments() {
            assertThat(get("rpc/agent_performance?since=2026-01-01").code()).isEqualTo("PGRST202");
            assertThat(get("rpc/agent_performance?since=2026-01-01&until=2027-01-01&more=1")
                            .code())
                    .isEqualTo("PGRST202");
            assertThat(get("rpc/nothing").code()).isEqualTo("PGRST202");
            http.as(world.caller(Role.AGENT));
            for (var body : List.of("{\"since\":null}", "{\"since\":null,\"until\":null,\"x\":1}"))
                assertThat(http.send("POST", "/rest/v1/rpc/agent_performance", body)
                                .code())
                        .isEqualTo("PGRST202");
            for (var body : List.of("[]", "{", "1", "{\"since\":null,\"until\":null} x"))
                assertThat(http.send("POST", "/rest/v1/rpc/agent_performance", body)
                                .code())
                        .isEqualTo("PGRST102");
            assertThat(get("rpc/agent_performance?since=soon&until=2027-01-01").status())
                    .isEqualTo(400);
            assertThat(http.send("DELETE", "/rest/v1/rpc/agent_performance", "").code())
                    .isEqualTo("PGRST101");
        }

        @Test
        void refuse_who_may_not() {
            var uri = "/rest/v1/rpc/agent_performance?since=2026-01-01&until=2027-01-01";
            assertThat(http.as(world.caller(Role.CUSTOMER)).get(uri).status()).isEqualTo(403);
            assertThat(http.get(uri).code()).isEqualTo("42501");
            assertThat(http.as(new Caller.Anonymous()).get(uri).status()).isEqualTo(401);
            for (var role : List.of(Role.AGENT, Role.ADMIN, Role.AUDITOR, Role.ANALYST))
                assertThat(http.as(world.caller(role)).get(uri).status()).isEqualTo(200);
        }

        @Test
        void take_no_text_that_postgresql_cannot_store() {
            http.as(world.caller(Role.AGENT));
            for (var bad : List.of("\\u0000", "\\ud800", "\\udc00x"))
                assertThat(http.send(
                                        "POST",
                                        "/rest/v1/rpc/agent_performance",
                                        "{\"since\":\"" + bad + "\",\"until\":null}")
                                .status())
                        .isEqualTo(400);
        }
    }

    @Nested
    class BadInput {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "tickets?subject=eq.%00",
                    "tickets?subject=eq.%FF",
                    "tickets?subject=eq.%C0%80",
                    "tickets?subject=eq.%ED%A0%80",
                    "tickets?%00=eq.1",
                    "tickets?select=%00",
                    "tickets?order=a%00",
                    "tickets?or=(subject.eq.%00)",
                    "tickets?limit=%00",
                    "tickets?select=id::%00",
                    "rpc/agent_performance?since=%00&until=2027-01-01",
                    "tickets?x=%E2%82"
                })
        void that_is_no_text_is_400(String uri) {
            assertThat(get(uri).status()).isEqualTo(400);
        }

        /** Whatever is asked, it is the caller's fault or an answer. */
        @Test
        void is_never_our_fault() {
            var seed = Long.getLong("seed", System.nanoTime());
            System.out.println("RestSpec -Dseed=" + seed);
            var random = new Random(seed);
            var roles = Role.values();
            for (var i = 0; i < 1500; i++) {
                var uri = "/rest/v1/" + path(random) + "?" + query(random);
                var reply = http.as(world.caller(roles[random.nextInt(roles.length)]))
                        .get(uri, "Prefer", "count=exact", "Accept", accept(random));
                assertThat(reply.status())
                        .as("%s (seed %s) %s", uri, seed, reply.body())
                        .isLessThan(500);
            }
        }

        private String accept(Random random) {
            return any(random, "*/*", "application/json", "text/csv", "application/vnd.pgrst.object+json");
        }

        private String path(Random random) {
            return random.nextInt(4) > 0
                    ? any(random, "tickets", "ticket_events", "profiles", "rpc/agent_performance")
                    : any(
                            random,
                            "%22",
                            "a.b",
                            "tickets%20",
                            "rpc/x",
                            "t%C3%A9",
                            "'",
                            "pg_class",
                            "%25",
                            "api.tickets");
        }

        private String query(Random random) {
            var query = new StringBuilder();
            for (var i = random.nextInt(4); i >= 0; i--) {
                if (random.nextInt(3) == 0)
                    query.append(any(random, "select", "order", "limit", "offset", "or", "and"));
                else
                    query.append(
                            encoded(any(random, "id", "subject", "tags", "changes->a->>b", "number", "since", "x")));
                query.append('=')
                        .append(random.nextBoolean() ? likely(random) : noise(random))
                        .append('&');
            }
            return query.toString();
        }

        private String likely(Random random) {
            var value = any(
                    random,
                    "1",
                    "null",
                    "{a,b}",
                    "(1,2)",
                    "(id.eq.1,subject.like.*a)",
                    "\"",
                    "a\\",
                    "%",
                    "2026-01-01",
                    "99999999999999999999",
                    "(a+)+$",
                    "é🎫",
                    "[",
                    "{\"a\":1}",
                    "infinity",
                    "-5",
                    "");
            return encoded(any(
                            random,
                            "eq.",
                            "not.in.",
                            "in.",
                            "is.",
                            "like.",
                            "match.",
                            "cs.",
                            "ov.",
                            "gt.",
                            "adj.",
                            "isdistinct.",
                            "eq(any).",
                            "like(all).",
                            "",
                            "sl.",
                            "not.")
                    + value
                    + any(random, "", "", ".desc", "::int", "->0", ",id", ")"));
        }

        private String noise(Random random) {
            var noise = new StringBuilder();
            for (var i = random.nextInt(12); i >= 0; i--)
                noise.append(String.format(
                        "%%%02X", random.nextInt(4) == 0 ? random.nextInt(256) : 32 + random.nextInt(95)));
            return noise.toString();
        }

        private static String any(Random random, String... of) {
            return of[random.nextInt(of.length)];
        }
    }
}
