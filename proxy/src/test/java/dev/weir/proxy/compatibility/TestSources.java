package dev.weir.proxy.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The sources of all tests of all modules, by the name of their class.
final class TestSources {

    /// The top-level directory of the repository.
    static final Path ROOT = Path.of(System.getProperty("weir.root", ".."));

    /// A test and its body, up to the brace that ends it.
    private static final Pattern TEST =
            Pattern.compile("(?s)@(?:Parameterized)?Test.*?\\bvoid (\\w+)\\((.*?)\\n {4}}\\n");

    private static final Map<String, Path> BY_CLASS = byClass();

    private TestSources() {}

    private static Map<String, Path> byClass() {
        return Stream.of("config", "admin-console", "proxy")
                .flatMap(module -> files(ROOT.resolve(module).resolve("src/test/java")).stream())
                .collect(Collectors.toMap(
                        path -> path.getFileName().toString().replace(".java", ""), path -> path, (a, b) -> a));
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> walked = Files.walk(directory)) {
            return walked.filter(path -> path.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a class of tests says these words, whatever the case of their letters.
    static boolean mentions(String testClass, String words) {
        try {
            return Files.readString(BY_CLASS.get(testClass))
                    .toLowerCase(Locale.ROOT)
                    .contains(words.toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The test that says this word first, as `Class#method`; the class alone where only what its tests share does.
    static String methodThatSays(String testClass, String word) {
        try {
            String source = Files.readString(BY_CLASS.get(testClass));
            Matcher test = TEST.matcher(source);
            while (test.find()) {
                if (test.group(2).matches("(?s).*\\b" + Pattern.quote(word) + "\\b.*")) {
                    return testClass + "#" + test.group(1);
                }
            }
            return testClass;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether there is such a test.
    ///
    /// @param reference a class, or a method of it: `Class#method`
    static boolean has(String reference) {
        String[] parts = reference.split("#", 2);
        Path source = BY_CLASS.get(parts[0]);
        try {
            return source != null
                    && (parts.length == 1 || Files.readString(source).matches("(?s).*void " + parts[1] + "\\(.*"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
