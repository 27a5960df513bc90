package dev.chronodesk.command.decision;

import dev.chronodesk.db.TestDatabase;

class LogStorageEngineSpec extends LogStorageEngineContract {

    @Override
    TestDatabase create() {
        return TestDatabase.create();
    }
}
