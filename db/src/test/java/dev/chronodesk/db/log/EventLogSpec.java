package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class EventLogSpec extends EventLogContract {

    @Override
    TestDatabase create() {
        return TestDatabase.create();
    }
}
