package dev.chronodesk.query.access;

import dev.chronodesk.db.TestDatabase;

/** On the oldest release that is supported. */
class AccessOnOldestPostgresSpec extends AccessContract {

    @Override
    TestDatabase database() {
        return TestDatabase.createOnOldest();
    }
}
