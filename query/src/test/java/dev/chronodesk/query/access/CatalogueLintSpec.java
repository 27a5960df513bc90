package dev.chronodesk.query.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.query.Desk;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.access.CatalogueLint.Finding;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The catalogue breaks no rule, and each rule finds what breaks it. */
@TestInstance(PER_CLASS)
class CatalogueLintSpec {

    private Desk desk;

    @BeforeAll
    void start() {
        desk = new Desk().start();
        desk.caughtUp();
    }

    @AfterAll
    void stop() {
        desk.close();
    }

    @Test
    void nothing_is_found() throws SQLException {
        try (var connection = desk.database().superuser()) {
            assertThat(CatalogueLint.findings(connection)).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
        row-level security is not forced | api.bare | create table api.bare (id uuid); grant select on api.bare to chronodesk_agent
        row-level security is not forced | api.half | create table api.half (id uuid); alter table api.half enable row level security; grant select (id) on api.half to chronodesk_customer
        row-level security is not forced | live.tickets | alter table live.tickets no force row level security
        the view shows what its owner may see | api.tickets | alter view api.tickets set (security_invoker = false)
        the view shows what its owner may see | api.mine | create materialized view api.mine as select 1 as one; grant select on api.mine to chronodesk_agent
        the claims are read for each row | live.slow | create policy slow on live.tickets for select to chronodesk_customer using (requester_id = auth.uid())
        the claims are read for each row | live.slow | create policy slow on live.tickets for select to chronodesk_customer using (current_setting('request.jwt.claims', true) <> '' and requester_id = (select auth.uid()))
        the claims are read for each row | api.slow | create view api.slow with (security_invoker = true) as select id, auth.uid() as me from live.tickets; grant select on api.slow to chronodesk_customer
        the policy shows everything to somebody who must not see everything | wide | create policy wide on live.tickets for select to chronodesk_customer using (true)
        the policy shows everything to somebody who must not see everything | wide | create policy wide on live.tickets for select using (true)
        the function runs as its owner without a search path | api.loose | create function api.loose() returns int language sql security definer as 'select 1'
        the role is above the policies | chronodesk_customer | alter role chronodesk_customer bypassrls
        the read login owns something | api.its | create table api.its (id uuid); alter table api.its owner to chronodesk_read
        """)
    void what_breaks_a_rule_is_found(String rule, String what, String offence) throws SQLException {
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(LiveSchema.named(offence));
            assertThat(CatalogueLint.findings(connection)).contains(new Finding(rule, LiveSchema.named(what)));
            connection.rollback();
        }
    }
}
