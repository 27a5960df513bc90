package dev.chronodesk.app;

import dev.chronodesk.db.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One run of the program in this process: its exit code and what it printed. */
record Ran(int code, String output) {

    static Ran on(TestDatabase database, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(TestDesk.settings(database));
        return with(all.toArray(String[]::new));
    }

    static Ran with(String... arguments) {
        var out = System.out;
        var err = System.err;
        var printed = new ByteArrayOutputStream();
        var stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        try {
            var code = Chronodesk.run(arguments);
            stream.flush();
            return new Ran(code, printed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
