package dev.chronodesk.db;

class ExternalDatabaseSpec extends ExternalDatabaseContract {

    @Override
    PostgresBinaries binaries() {
        return PostgresBinaries.find(null);
    }
}
