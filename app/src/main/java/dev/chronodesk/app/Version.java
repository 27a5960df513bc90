package dev.chronodesk.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which version this is, as the build wrote it down. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        var build = new Properties();
        try (InputStream file = Version.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (file != null) build.load(file);
        }
        return new String[] {
            "Chronodesk " + build.getProperty("build.version", "(not built by Maven)"), "Java " + Runtime.version()
        };
    }
}
