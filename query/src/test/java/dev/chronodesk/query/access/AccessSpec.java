package dev.chronodesk.query.access;

import dev.chronodesk.db.TestDatabase;

/** On the release that is embedded. */
class AccessSpec extends AccessContract {

    @Override
    TestDatabase database() {
        return TestDatabase.create();
    }
}
