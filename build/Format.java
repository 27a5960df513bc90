import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that every Java file of the project is formatted, or formats it with {@code -Dformat=apply}. Started by the
 * build in a process of the selected JDK, because the formatter can parse only what its own JDK can.
 */
final class Format {

    private static final List<String> MODULES =
            List.of("shared-events", "db", "command", "query", "identity", "app", "bench", "build");

    public static void main(String[] arguments) throws Exception {
        var root = Path.of(arguments[0]);
        var apply = "apply".equals(System.getProperty("format"));
        var formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .formatJavadoc(true)
                .build());
        var unformatted = new ArrayList<Path>();
        for (var module : MODULES) {
            try (var files = Files.walk(root.resolve(module))) {
                for (var file : (Iterable<Path>) files.filter(Format::isSource)::iterator) {
                    var text = Files.readString(file);
                    var formatted = formatter.formatSourceAndFixImports(text);
                    if (formatted.equals(text)) continue;
                    unformatted.add(root.relativize(file));
                    if (apply) Files.writeString(file, formatted);
                }
            }
        }
        if (unformatted.isEmpty()) return;
        System.out.println(
                (apply ? "Formatted: " : "Not formatted, run `mvn prepare-package -N -Dformat=apply`: ") + unformatted);
        if (!apply) System.exit(1);
    }

    private static boolean isSource(Path path) {
        return path.toString().endsWith(".java") && !path.toString().contains("/target/");
    }
}
