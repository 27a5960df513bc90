package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class LeaseSpec extends LeaseContract {

    @Override
    TestDatabase create() {
        return TestDatabase.create();
    }
}
