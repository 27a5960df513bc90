package dev.chronodesk.db;

class ExternalDatabaseOnOldestPostgresSpec extends ExternalDatabaseContract {

    @Override
    PostgresBinaries binaries() {
        return TestServer.oldestBinaries();
    }
}
