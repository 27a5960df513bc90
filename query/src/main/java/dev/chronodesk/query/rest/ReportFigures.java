package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.QueryText;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;

/** Statistics as they are published: computed as {@code /rest/v1/rpc} computes them, and whole or not at all. */
final class ReportFigures implements Figures {

    /** What can be published: numbers and ids, never a text that somebody wrote. */
    private static final List<String> STATISTICS = List.of(
            "agent_metric",
            "team_metric",
            "desk_metric",
            "measurements",
            "agent_counts",
            "agent_performance",
            "backlog");

    private static final MediaTypes CSV = new MediaTypes(Plan.Form.CSV, false);

    private final Supplier<Catalogue> catalogue;
    private final Reads reads;
    private final Freshness freshness;
    private final QuerySettings settings;

    ReportFigures(Supplier<Catalogue> catalogue, Reads reads, Freshness freshness, QuerySettings settings) {
        this.catalogue = catalogue;
        this.reads = reads;
        this.freshness = freshness;
        this.settings = settings;
    }

    @Override
    public Answer compute(String call, Caller.Known reader) throws NoFiguresException {
        try {
            return computed(call, reader);
        } catch (RestException e) {
            if (e.status() == 503) throw new LogUnavailableException(e.text(), null);
            throw new NoFiguresException(e.text());
        } catch (QueryText.UnreadableRequestException e) {
            throw new NoFiguresException(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            var refusal = SqlErrors.answer(e, reader);
            if (refusal.status() >= 500) throw new LogUnavailableException("the statistics cannot be computed now", e);
            throw new NoFiguresException(refusal.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("the service is stopping", e);
        }
    }

    private Answer computed(String call, Caller.Known reader)
            throws NoFiguresException, SQLException, InterruptedException {
        var query = call.indexOf('?');
        var name = query < 0 ? call : call.substring(0, query);
        if (!STATISTICS.contains(name)) throw new NoFiguresException("must be a call of one of " + STATISTICS);
        var parameters = QueryText.parameters(query < 0 ? null : call.substring(query + 1), settings.maxQueryLength());
        var shown = catalogue.get();
        for (var routine : shown.routines(name)) {
            for (var parameter : parameters)
                if (!routine.arguments().containsKey(parameter.name()))
                    throw new NoFiguresException(name + " has no argument " + parameter.name());
            if (routine.arguments().containsKey("version")
                    && parameters.stream()
                            .noneMatch(parameter -> parameter.name().equals("version")))
                throw new NoFiguresException("must name the version of the definition, as in &version=1");
        }
        var asked = RestController.called(shown, name, parameters, null);
        var plan = new Plan(
                shown,
                asked.relation(),
                asked.of(),
                asked.source(),
                asked.columned(),
                asked.query(),
                settings.maxRows());
        var statement = plan.statement(CSV.form(), false, asked.result(), false, settings.maxRows() + 1L, 0);
        var answer = reads.fresh(SqlRoles.as(reader), statement, freshness.known(), Preferences.WAIT);
        var bytes = RestController.body(CSV, plan, answer);
        if (answer.page() > settings.maxRows() || bytes.length > MAX_BYTES)
            throw new NoFiguresException(
                    "the answer has more than " + settings.maxRows() + " rows or " + MAX_BYTES + " bytes");
        return new Answer(answer.position(), new String(bytes, StandardCharsets.UTF_8));
    }
}
