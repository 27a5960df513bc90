package dev.chronodesk.app;

import dev.chronodesk.app.imports.Progress;
import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows how far long work is: a bar on a terminal, a plain line for each tenth elsewhere. */
final class Meter implements Progress, AutoCloseable {

    private final PrintStream out;
    private final boolean terminal;
    private @Nullable ProgressBar bar;
    private String part = "";
    private long steps;
    private long done;
    private long tenths;

    Meter(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** On the standard output of this process. */
    static Meter onConsole() {
        var terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new Meter(System.out, terminal);
    }

    @Override
    public synchronized void begin(String part, long steps) {
        end();
        this.part = part;
        this.steps = steps;
        done = 0;
        tenths = 0;
        if (terminal)
            bar = new ProgressBarBuilder()
                    .setTaskName(part)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build();
    }

    @Override
    public synchronized void step() {
        at(done + 1, steps);
    }

    /** So much is done, of so much as is known now. */
    synchronized void at(long done, long steps) {
        this.done = done;
        this.steps = steps;
        if (bar != null) {
            bar.maxHint(steps);
            bar.stepTo(done);
            return;
        }
        var tenth = steps == 0 ? 10 : done * 10 / steps;
        if (tenth > tenths) out.println(part + ": " + done + " of " + steps);
        tenths = Math.max(tenths, tenth);
    }

    @Override
    public void close() {
        end();
    }

    /** Takes the bar away, so that other things can be printed. */
    synchronized void end() {
        if (bar != null) bar.close();
        bar = null;
    }
}
