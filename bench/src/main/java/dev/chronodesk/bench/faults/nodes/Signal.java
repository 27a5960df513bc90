package dev.chronodesk.bench.faults.nodes;

import java.io.IOException;

/** Signals of POSIX that Java does not send by itself. */
enum Signal {
    STOP,
    CONT,
    QUIT;

    void send(long pid) throws IOException, InterruptedException {
        var sent = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        if (sent != 0) throw new IOException("process " + pid + " takes no " + name());
    }
}
