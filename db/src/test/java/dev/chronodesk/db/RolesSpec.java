package dev.chronodesk.db;

class RolesSpec extends RolesContract {

    @Override
    TestDatabase create() {
        return TestDatabase.create();
    }
}
