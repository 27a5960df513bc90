package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class EventLogOnOldestPostgresSpec extends EventLogContract {

    @Override
    TestDatabase create() {
        return TestDatabase.createOnOldest();
    }
}
