package dev.chronodesk.query.access;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is wrong in a database's catalogue, whatever the tables are: rules that no table may break. */
final class CatalogueLint {

    /**
     * A rule that something breaks.
     *
     * @param rule in words
     * @param what qualified name of the table, view, policy, function or role
     */
    record Finding(String rule, String what) {}

    static final String NOT_FORCED = "row-level security is not forced";
    static final String OWNERS_VIEW = "the view shows what its owner may see";
    static final String EACH_ROW = "the claims are read for each row";
    static final String ALWAYS_TRUE = "the policy shows everything to somebody who must not see everything";
    static final String SEARCH_PATH = "the function runs as its owner without a search path";
    static final String ABOVE = "the role is above the policies";
    static final String OWNER = "the read login owns something";

    /** The row that says where the tables stand; it is about nobody. */
    private static final Set<String> FOR_EVERYBODY = Set.of("generation_all");

    /** In a sub-select a claim is computed once; the catalogue prints it so. */
    private static final Pattern ONCE = Pattern.compile("SELECT \\(*(auth\\.\\w+\\(\\)|current_setting\\()");

    private static final Pattern CLAIM = Pattern.compile("auth\\.\\w+\\(|current_setting\\(");

    /** Who can be whom: the roles that a request runs as. */
    private static final String PERSONS =
            "(select oid from pg_roles where rolname like 'chronodesk\\_%' and not rolcanlogin)";

    private static final String REACHABLE =
            """
             exists (select from pg_roles r where r.oid in %s and has_any_column_privilege(r.oid, c.oid, 'select'))
             and n.nspname !~ '^(pg_|information_schema)'
            """
                    .formatted(PERSONS);

    private CatalogueLint() {}

    static List<Finding> findings(Connection connection) throws SQLException {
        var findings = new ArrayList<Finding>();
        add(
                findings,
                NOT_FORCED,
                connection,
                """
                select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p', 'f') and not (c.relrowsecurity and c.relforcerowsecurity) and
                """
                        + REACHABLE);
        add(
                findings,
                OWNERS_VIEW,
                connection,
                """
                select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where (c.relkind = 'm' or c.relkind = 'v'
                       and not coalesce(c.reloptions @> array['security_invoker=true'], false)) and
                """
                        + REACHABLE);
        add(
                findings,
                ALWAYS_TRUE,
                connection,
                """
                select p.policyname from pg_policies p
                where p.permissive = 'PERMISSIVE' and p.qual in ('true', '(true)')
                  and p.roles && array['public', 'chronodesk_anon', 'chronodesk_customer']::name[]
                """);
        add(
                findings,
                SEARCH_PATH,
                connection,
                """
                select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where p.prosecdef and n.nspname !~ '^(pg_|information_schema)'
                  and not exists (select from unnest(p.proconfig) s where s like 'search\\_path=%')
                """);
        add(
                findings,
                ABOVE,
                connection,
                "select rolname from pg_roles where rolname like 'chronodesk\\_%' and (rolsuper or rolbypassrls)");
        add(
                findings,
                OWNER,
                connection,
                """
                select c.oid::regclass::text from pg_class c join pg_roles r on r.oid = c.relowner
                where r.rolname = 'chronodesk_read'
                union all
                select p.oid::regprocedure::text from pg_proc p join pg_roles r on r.oid = p.proowner
                where r.rolname = 'chronodesk_read'
                union all
                select n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner
                where r.rolname = 'chronodesk_read'
                """);
        eachRow(
                findings,
                connection,
                "select p.schemaname || '.' || p.policyname, coalesce(p.qual, '') || ' ' || coalesce(p.with_check, '')"
                        + " from pg_policies p");
        eachRow(
                findings,
                connection,
                "select n.nspname || '.' || c.relname, pg_get_viewdef(c.oid) from pg_class c join pg_namespace n on"
                        + " n.oid = c.relnamespace where c.relkind = 'v' and "
                        + REACHABLE);
        findings.removeIf(finding -> finding.rule().equals(ALWAYS_TRUE) && FOR_EVERYBODY.contains(finding.what()));
        return findings;
    }

    private static void add(List<Finding> findings, String rule, Connection connection, String sql)
            throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) findings.add(new Finding(rule, rows.getString(1)));
        }
    }

    private static void eachRow(List<Finding> findings, Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                var rest = ONCE.matcher(rows.getString(2)).replaceAll("");
                if (CLAIM.matcher(rest).find()) findings.add(new Finding(EACH_ROW, rows.getString(1)));
            }
        }
    }
}
