package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class IncarnationOnOldestPostgresSpec extends IncarnationContract {

    @Override
    TestDatabase create() {
        return TestDatabase.createOnOldest();
    }
}
