package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Positions;
import dev.chronodesk.query.fold.AsOf;
import dev.chronodesk.query.fold.AsOf.State;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Which views answer a read as of a position or a moment, and as whom. */
final class Past {

    static final String AS_OF = "Chronodesk-As-Of";

    /** Descriptions of positions' schemas that are remembered at most. */
    private static final int REMEMBERED = 100;

    private final DataSource read;
    private final AsOf asOf;
    private final Positions positions;
    private final Map<Long, Catalogue> catalogues = new ConcurrentHashMap<>();

    Past(DataSource read, AsOf asOf, EventLog log) {
        this.read = read;
        this.asOf = asOf;
        this.positions = new Positions(log);
    }

    /** Of which tables the caller reads, and as whom. */
    Asker asker(Caller caller, HttpServletRequest request) {
        if (caller instanceof Caller.Anonymous)
            throw new RestException(401, "42501", AS_OF + " is for those who say who they are", null, null);
        var position = position(request.getHeader(AS_OF));
        if (Freshness.wanted(request.getHeader(Freshness.MIN_POSITION)) > position)
            throw new RestException(
                    400, "CD400", Freshness.MIN_POSITION + " lies after " + AS_OF + ", " + position, null, null);
        var tables = asOf.use(position);
        if (tables.isEmpty() || tables.get().state() == State.FAILED)
            throw new RestException(
                    404,
                    "CD404",
                    "there are no read tables as of position " + position,
                    tables.map(AsOf.Tables::failure).orElse(null),
                    "Auditors and administrators have them built: POST /audit/generations {\"asOf\": " + position
                            + "}");
        if (tables.get().state() != State.READY)
            throw new RestException(
                    503,
                    "CD503",
                    "the read tables as of position " + position + " are being built",
                    "They have reached position " + tables.get().at() + ".",
                    "See GET /audit/generations/" + position + ".");
        if (catalogues.size() >= REMEMBERED) catalogues.clear();
        return new Asker(
                caller,
                catalogues.computeIfAbsent(position, unseen -> Catalogue.then(read, asOf.views(position))),
                then(caller, position));
    }

    /**
     * Auditors, administrators and the service's own keys see all of it. Others see what they may see now and could see
     * then: what a role shows is part of what the next one shows, so the lesser of both roles shows just that.
     */
    private SqlRoles.As then(Caller caller, long position) {
        var now = SqlRoles.as(caller);
        if (!(caller instanceof Caller.Known known) || rank(known.role()) == ALL) return now;
        var role = asOf.roleThen(position, known.id())
                .orElseThrow(() -> new RestException(
                        403, "42501", "you had no active profile as of position " + position, null, null));
        return rank(role) < rank(known.role()) ? now.in(role) : now;
    }

    private static final int ALL = 3;

    private static int rank(Role role) {
        return switch (role) {
            case CUSTOMER -> 0;
            case ANALYST -> 1;
            case AGENT -> 2;
            case ADMIN, AUDITOR, SERVICE -> ALL;
        };
    }

    private long position(String header) {
        try {
            return positions.of(header.strip());
        } catch (Positions.NoPositionException e) {
            throw new RestException(400, "CD400", AS_OF + " " + e.rule(), null, null);
        }
    }

    void forget() {
        catalogues.clear();
    }
}
