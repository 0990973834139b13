package dev.weir.proxy.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Holds every Java file to palantir-java-format. `mvn test -Dtest=FormatTest -Dformat.apply=true` rewrites them.
///
/// The formatter needs the compiler of the JDK that knows our syntax, so it runs here, in the JVM that the tests get,
/// and not in Maven's own. Digests of what passed are kept below `target`, so that only changed files cost time.
final class FormatTest {

    private static final boolean APPLY = Boolean.getBoolean("format.apply");
    private static final int DIFFERENCES_SHOWN = 40;

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    @Test
    void everyJavaFileIsFormatted() throws IOException {
        Path digests = Repository.root().resolve("proxy/target/formatted.sha256");
        Set<String> known = Files.exists(digests) ? new HashSet<>(Files.readAllLines(digests)) : Set.of();
        Set<String> passed = new TreeSet<>();
        List<String> differences = new ArrayList<>();
        for (Path file : Repository.javaFiles()) {
            String source = Repository.read(file);
            String digest = digest(source);
            if (known.contains(digest)) {
                passed.add(digest);
                continue;
            }
            String wanted = format(file, source);
            if (wanted.equals(source)) {
                passed.add(digest);
            } else if (APPLY) {
                Files.writeString(file, wanted);
                passed.add(digest(wanted));
            } else {
                differences.add(firstDifference(file, source, wanted));
            }
        }
        Files.createDirectories(digests.getParent());
        Files.write(digests, passed);
        assertThat(differences.stream().limit(DIFFERENCES_SHOWN))
                .as(
                        "%d files are not formatted; `mvn test -Dtest=FormatTest -Dformat.apply=true"
                                + " -Dsurefire.failIfNoSpecifiedTests=false` rewrites them",
                        differences.size())
                .isEmpty();
    }

    private String format(Path file, String source) {
        try {
            return formatter.formatSourceAndFixImports(source);
        } catch (FormatterException e) {
            throw new IllegalStateException(Repository.name(file) + " cannot be read by the formatter", e);
        }
    }

    private static String firstDifference(Path file, String source, String wanted) {
        List<String> is = source.lines().toList();
        List<String> shouldBe = wanted.lines().toList();
        int line = 0;
        while (line < is.size() && line < shouldBe.size() && is.get(line).equals(shouldBe.get(line))) {
            line++;
        }
        return "%s:%d%n  is:        %s%n  should be: %s"
                .formatted(Repository.name(file), line + 1, lineOf(is, line), lineOf(shouldBe, line));
    }

    private static String lineOf(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index) : "(end of file)";
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
