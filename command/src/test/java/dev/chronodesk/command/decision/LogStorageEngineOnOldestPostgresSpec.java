package dev.chronodesk.command.decision;

import dev.chronodesk.db.TestDatabase;

class LogStorageEngineOnOldestPostgresSpec extends LogStorageEngineContract {

    @Override
    TestDatabase create() {
        return TestDatabase.createOnOldest();
    }
}
