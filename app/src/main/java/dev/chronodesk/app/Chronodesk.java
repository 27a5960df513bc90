package dev.chronodesk.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: {@code serve} when nothing else is said. */
@Command(
        name = "chronodesk",
        description = "A help desk whose whole history can be replayed, queried and proved.",
        synopsisSubcommandLabel = "[COMMAND]",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:done with rejected rows"},
        footer = {
            "",
            "Settings are given as --name=value (--chronodesk.database.url=jdbc:postgresql:...),",
            "or in the environment (CHRONODESK_DATABASE_URL=...)."
        })
public final class Chronodesk implements Callable<Integer> {

    /** What a command answers when it goes on after it has returned. */
    static final int RUNNING = -1;

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int DONE_WITH_REJECTED = 3;

    /** What is said about the incarnation of the log; nothing by itself. */
    @Command(
            name = "incarnation",
            description = "Which history of the log this is.",
            subcommandsRepeatable = false,
            mixinStandardHelpOptions = true)
    private static final class Incarnations {}

    /** Settings are told from options by the dot in their name. */
    private static final Pattern SETTING = Pattern.compile("--[A-Za-z][\\w-]*\\.[^=]+(=.*)?", Pattern.DOTALL);

    private final List<String> settings;

    private Chronodesk(List<String> settings) {
        this.settings = settings;
    }

    /** Runs one command and ends the process with its exit code; a service goes on until it is told to stop. */
    public static void main(String... arguments) {
        var code = run(arguments);
        if (code != RUNNING) System.exit(code);
    }

    static int run(String... arguments) {
        var settings = new ArrayList<String>();
        var rest = new ArrayList<String>();
        for (var argument : arguments) (SETTING.matcher(argument).matches() ? settings : rest).add(argument);
        return new CommandLine(new Chronodesk(settings))
                .addSubcommand(new Serve(settings))
                .addSubcommand(new Import(settings))
                .addSubcommand(new Rebuild(settings))
                .addSubcommand(new Replay(settings))
                .addSubcommand(new ExportTables(settings))
                .addSubcommand(new Keys(settings))
                .addSubcommand(new CommandLine(new Incarnations()).addSubcommand(new BeginIncarnation(settings)))
                .execute(rest.toArray(String[]::new));
    }

    @Override
    public Integer call() {
        return new Serve(settings).call();
    }
}
