package dev.chronodesk.bench;

import java.util.ArrayList;
import java.util.List;

/** Plain inserts with several numbers of connections, so that the best of them is known. */
final class RawContenders implements AutoCloseable {

    private record Raw(RawInserts inserts, int connections) implements Contender {

        @Override
        public String name() {
            return "raw inserts, " + connections + " connections";
        }

        @Override
        public void create() throws Exception {
            inserts.insert();
        }

        @Override
        public void comment(int ticket) {
            throw new UnsupportedOperationException("a plain insert decides nothing");
        }

        @Override
        public void open(int tickets) {
            throw new UnsupportedOperationException("a plain insert decides nothing");
        }

        @Override
        public boolean comments() {
            return false;
        }

        @Override
        public void close() {
            inserts.close();
        }
    }

    private final List<Contender> all = new ArrayList<>();

    RawContenders(Server server, int[] connections) throws Exception {
        var url = server.create("raw_inserts");
        try (var admin = server.pool(url, 1)) {
            for (var count : connections)
                all.add(new Raw(
                        new RawInserts(
                                admin,
                                url,
                                server.username(),
                                server.password(),
                                count,
                                OurContender.payload(),
                                OurContender.metadata()),
                        count));
        }
    }

    List<Contender> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        for (var contender : all) contender.close();
    }
}
