package dev.chronodesk.db.log;

import dev.chronodesk.db.TestDatabase;

class IncarnationSpec extends IncarnationContract {

    @Override
    TestDatabase create() {
        return TestDatabase.create();
    }
}
