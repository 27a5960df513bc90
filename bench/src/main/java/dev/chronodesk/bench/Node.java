package dev.chronodesk.bench;

import dev.chronodesk.command.CommandConfiguration;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.DatabaseSettings;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.FoldRunner;
import java.nio.file.Path;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A node as a process would be: connections, write side and fold of its own, on a database that others are on too. */
final class Node implements AutoCloseable {

    private static final int BATCH = 1_000;

    private final Database database;
    private final PersonKeys keys;
    private final PostgresEventLog log;
    private final AnnotationConfigApplicationContext context;
    private final Commands commands;
    private final FoldRunner fold;

    Node(Server server) {
        database = Database.open(
                new DatabaseSettings(server.url(), server.username(), server.password(), null, Path.of("")));
        keys = PersonKeys.open(database.keys(), new KeySettings(null, server.keys()));
        var codec = new EventCodec(keys);
        log = new PostgresEventLog(database.write(), codec, database.incarnation(), database.signals());
        fold = new FoldRunner(database.fold(), log, ReadTables.model(codec), BATCH, database.signals());
        context = new AnnotationConfigApplicationContext();
        context.registerBean(EventLog.class, () -> log, definition -> definition.setDestroyMethodName(""));
        context.registerBean(Secrets.class, () -> new Secrets(database.write()));
        context.register(CommandConfiguration.class);
        context.refresh();
        commands = context.getBean(Commands.class);
    }

    Node start() {
        fold.start();
        return this;
    }

    Outcome send(Object command, Caller.Known sender) {
        return commands.send(command, sender, Terms.PLAIN);
    }

    FoldRunner fold() {
        return fold;
    }

    @Override
    public void close() {
        fold.close();
        context.close();
        log.close();
        keys.close();
        database.close();
    }
}
