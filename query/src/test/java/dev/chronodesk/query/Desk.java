package dev.chronodesk.query;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.fold.FoldRunner;
import dev.chronodesk.query.fold.Rebuild;
import java.time.Duration;
import javax.sql.DataSource;

/** A database with a log and, once it is started, read tables that follow it. */
public final class Desk implements AutoCloseable {

    private final TestDatabase database;
    private final boolean owned;
    private final FoldRunner runner;

    public Desk() {
        this(TestDatabase.create(), 1000, true);
    }

    public Desk(TestDatabase database, int batchSize) {
        this(database, batchSize, false);
    }

    private Desk(TestDatabase database, int batchSize, boolean owned) {
        this.database = database;
        this.owned = owned;
        this.runner = new FoldRunner(
                database.database().fold(), database.log(), ReadTables.model(database.codec()), batchSize);
    }

    private Desk(TestDatabase database, FoldRunner runner) {
        this.database = database;
        this.owned = false;
        this.runner = runner;
    }

    /** A node of its own on that database: its own connections, by which it folds, and hints to and from others. */
    public static Desk node(TestDatabase database, Database node, DataSource fold, EventLog log) {
        return new Desk(database, new FoldRunner(fold, log, ReadTables.model(database.codec()), 1000, node.signals()));
    }

    public Desk start() {
        runner.start();
        return this;
    }

    /** Returns when everything that is in the log is folded. */
    public Desk caughtUp() {
        var head = log().head().position();
        try {
            if (!runner.await(head, Duration.ofSeconds(20)))
                throw new AssertionError(
                        "the tables stand at " + runner.position() + ", the head is " + head + ": " + runner.status());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return this;
    }

    public TestDatabase database() {
        return database;
    }

    public EventLog log() {
        return database.log();
    }

    public FoldRunner runner() {
        return runner;
    }

    public EventCodec codec() {
        return database.codec();
    }

    public Rebuild rebuild(int batchSize) {
        return new Rebuild(database.database().fold(), log(), ReadTables.model(database.codec()), batchSize);
    }

    /** Folds no more; the database stays. */
    public void stop() {
        runner.close();
    }

    @Override
    public void close() {
        stop();
        if (owned) database.close();
    }
}
