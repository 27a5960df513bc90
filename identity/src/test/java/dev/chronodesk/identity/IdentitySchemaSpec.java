package dev.chronodesk.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may touch the schema identity, asked of PostgreSQL itself. */
class IdentitySchemaSpec {

    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static List<String> rows(String sql) throws SQLException {
        try (var superuser = database.superuser();
                var statement = superuser.createStatement();
                var rows = statement.executeQuery(sql)) {
            var all = new ArrayList<String>();
            while (rows.next()) all.add(rows.getString(1));
            return all;
        }
    }

    @Test
    void no_other_role_of_ours_reads_or_writes_any_table_of_it() throws SQLException {
        var granted = rows(
                """
                select r.rolname || ' ' || c.relname
                from pg_roles r, pg_class c
                where r.rolname like 'chronodesk%' and r.rolname <> 'chronodesk_identity' and not r.rolsuper
                  and c.relnamespace = 'identity'::regnamespace and c.relkind in ('r', 'v', 'S')
                  and (has_schema_privilege(r.oid, c.relnamespace, 'usage')
                       or (c.relkind <> 'S'
                           and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')))""");
        assertThat(granted).isEmpty();
        assertThat(rows("select rolname from pg_roles where rolname like 'chronodesk%'"))
                .contains("chronodesk_write", "chronodesk_fold", "chronodesk_read", "chronodesk_customer");
    }

    @Test
    void the_identity_login_has_what_it_needs_and_owns_nothing() throws SQLException {
        var granted = rows(
                """
                select table_name || ' ' || string_agg(lower(privilege_type), ',' order by privilege_type)
                from information_schema.role_table_grants
                where grantee = 'chronodesk_identity' and table_schema = 'identity'
                group by table_name order by 1""");
        assertThat(granted)
                .containsExactly(
                        "account delete,insert,select,update",
                        "api_key insert,select,update",
                        "bucket delete,insert,select,update",
                        "challenge delete,insert,select,update",
                        "checkpoint insert,select,update",
                        "erased_subject delete,insert,select,update",
                        "factor delete,insert,select,update",
                        "flow_state delete,insert,select,update",
                        "identity delete,insert,select,update",
                        "mail insert,select,update",
                        "one_time_token delete,insert,select,update",
                        "principal insert,select,update",
                        "provider_visit delete,insert,select,update",
                        "refresh_token delete,insert,select,update",
                        "session delete,insert,select,update",
                        "signing_key insert,select,update",
                        "trail insert,select");
        assertThat(rows("select relname from pg_class where pg_get_userbyid(relowner) = 'chronodesk_identity'"))
                .isEmpty();
    }

    @Test
    void the_identity_login_cannot_read_the_secret_that_seals_its_keys() throws SQLException {
        assertThat(rows("select has_table_privilege('chronodesk_identity', 'log.secret', 'select')"))
                .containsExactly("f");
    }

    @Test
    void the_identity_login_cannot_write_the_log() throws SQLException {
        assertThat(rows("select has_table_privilege('chronodesk_identity', 'log.event', 'insert, update, delete')"))
                .containsExactly("f");
    }
}
