package dev.chronodesk.query;

import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.fold.ReadModel;
import dev.chronodesk.query.fold.ReadModel.Script;
import dev.chronodesk.query.profile.ProfileProjection;
import dev.chronodesk.query.report.ReportProjection;
import dev.chronodesk.query.rest.RestController;
import dev.chronodesk.query.schedule.ScheduleProjection;
import dev.chronodesk.query.search.SearchProjection;
import dev.chronodesk.query.statistics.CourseProjection;
import dev.chronodesk.query.statistics.DefinitionProjection;
import dev.chronodesk.query.statistics.StatisticsProjection;
import dev.chronodesk.query.team.TeamProjection;
import dev.chronodesk.query.ticket.TicketProjection;
import java.util.List;

/** The table of contents of the read side. */
public final class ReadTables {

    private ReadTables() {}

    /** What every generation consists of. */
    public static ReadModel model(EventCodec codec) {
        return new ReadModel(
                List.of(
                        new TicketProjection(codec),
                        new ProfileProjection(),
                        new TeamProjection(),
                        new ScheduleProjection(),
                        new StatisticsProjection(),
                        new CourseProjection(),
                        new DefinitionProjection(),
                        new ReportProjection(),
                        new SearchProjection()),
                List.of(
                        new Script(ReadModel.class, "generation.sql"),
                        new Script(TicketProjection.class, "tickets.sql"),
                        new Script(TicketProjection.class, "ticket_comments.sql"),
                        new Script(TicketProjection.class, "ticket_events.sql"),
                        new Script(ProfileProjection.class, "profiles.sql"),
                        new Script(ProfileProjection.class, "past_emails.sql"),
                        new Script(TeamProjection.class, "teams.sql"),
                        new Script(TeamProjection.class, "team_members.sql"),
                        new Script(ScheduleProjection.class, "schedules.sql"),
                        new Script(ScheduleProjection.class, "working_hours.sql"),
                        new Script(StatisticsProjection.class, "ticket_measures.sql"),
                        new Script(StatisticsProjection.class, "ticket_solvings.sql"),
                        new Script(StatisticsProjection.class, "ticket_replies.sql"),
                        new Script(StatisticsProjection.class, "agent_performance.sql"),
                        new Script(SearchProjection.class, "ticket_texts.sql"),
                        new Script(SearchProjection.class, "search_tickets.sql"),
                        new Script(CourseProjection.class, "ticket_courses.sql"),
                        new Script(CourseProjection.class, "ticket_states.sql"),
                        new Script(CourseProjection.class, "ticket_spans.sql"),
                        new Script(CourseProjection.class, "ticket_touches.sql"),
                        new Script(DefinitionProjection.class, "definitions.sql"),
                        new Script(CourseProjection.class, "metrics.sql"),
                        new Script(ReportProjection.class, "reports.sql"),
                        new Script(RestController.class, "relationships.sql")));
    }
}
