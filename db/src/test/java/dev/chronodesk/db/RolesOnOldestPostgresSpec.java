package dev.chronodesk.db;

class RolesOnOldestPostgresSpec extends RolesContract {

    @Override
    TestDatabase create() {
        return TestDatabase.createOnOldest();
    }
}
