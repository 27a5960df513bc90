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

/** Which views answer a read as of a position or a moment, and for whom. */
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

    Catalogue catalogue(Caller caller, HttpServletRequest request) {
        mayRead(caller);
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
                    "Have them built: POST /audit/generations {\"asOf\": " + position + "}");
        if (tables.get().state() != State.READY)
            throw new RestException(
                    503,
                    "CD503",
                    "the read tables as of position " + position + " are being built",
                    "They have reached position " + tables.get().at() + ".",
                    "See GET /audit/generations/" + position + ".");
        if (catalogues.size() >= REMEMBERED) catalogues.clear();
        return catalogues.computeIfAbsent(position, unseen -> Catalogue.then(read, asOf.views(position)));
    }

    /** What others could see then, and may see now, is not worked out: they see nothing of it. */
    private static void mayRead(Caller caller) {
        switch (caller) {
            case Caller.Anonymous _ ->
                throw new RestException(401, "42501", AS_OF + " is for auditors and administrators", null, null);
            case Caller.Known known -> {
                if (known.role() != Role.AUDITOR && known.role() != Role.ADMIN)
                    throw new RestException(403, "42501", AS_OF + " is for auditors and administrators", null, null);
            }
        }
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
