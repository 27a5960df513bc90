package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class LeaseOnOldestPostgresSpec extends LeaseContract {

    @Override
    TestDatabase create() {
        return TestDatabase.createOnOldest();
    }
}
