package dev.weir.proxy.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Habits that no compiler checks. Every message names file and line, and what to do instead.
final class TidyTest {

    /// Longer than this and a file is asking to be two.
    private static final int LINES_MAX = 450;

    /// A test class may list more cases than a class has lines.
    private static final int TEST_LINES_MAX = 600;

    /// Files that were longer when this check came, or are one long table: they may shrink, not grow.
    private static final Map<String, Integer> LONG_FILES = Map.of();

    private static final String THIS_FILE = "proxy/src/test/java/dev/weir/proxy/tidy/TidyTest.java";

    @Test
    void everyPackageIsNullMarked() {
        Map<Path, Boolean> packages = new TreeMap<>();
        for (Path file : mainFiles()) {
            packages.computeIfAbsent(file.getParent(), TidyTest::isNullMarked);
        }
        assertThat(packages).isNotEmpty();
        assertThat(packages.entrySet().stream()
                        .filter(Predicate.not(Map.Entry::getValue))
                        .map(entry -> Repository.name(entry.getKey())))
                .as("packages without a package-info.java that says @NullMarked")
                .isEmpty();
    }

    @Test
    void nobodySleeps() {
        assertNowhere(Repository.javaFiles(), "Thread\\.sleep\\s*\\(", "await a condition or use a timer");
    }

    @Test
    void nothingIsLeftToDo() {
        assertNowhere(Repository.javaFiles(), "\\b(TODO|FIXME|XXX|HACK)\\b", "do it, or write it into the tracker");
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        List<Path> others = mainFiles().stream()
                .filter(file -> !Repository.name(file).startsWith("proxy/src/main/java/dev/weir/proxy/cli/"))
                .toList();
        assertNowhere(
                others,
                "System\\.exit\\s*\\(|Runtime\\.getRuntime\\(\\)\\.(exit|halt)\\s*\\(",
                "complete the pooler's termination with the exit status; dev.weir.proxy.cli ends the process");
    }

    @Test
    void productionCodeDoesNotPrint() {
        List<Path> others = mainFiles().stream()
                .filter(file -> !Repository.name(file).matches("proxy/src/main/java/dev/weir/proxy/(cli|demo)/.*"))
                .toList();
        assertNowhere(
                others,
                "System\\.(out|err)\\.print|printStackTrace\\s*\\(\\s*\\)",
                "log it; only the command line and the demo talk to the terminal");
    }

    @Test
    void noPathOfOneMachineIsWrittenDown() {
        List<Path> texts = Repository.files(
                ".java", ".md", ".xml", ".toml", ".ini", ".txt", ".sh", ".yaml", ".yml", ".options", "Dockerfile");
        assertNowhere(
                texts,
                "(?<![\\w.])/(work|root)/|/tmp/(wt|brief|hub)\\b|/home/\\w+/\\.m2",
                "name it relative to the repository or to a property");
    }

    @Test
    void filesStayShort() {
        List<String> tooLong = Repository.javaFiles().stream()
                .filter(file -> lineCount(file) > LONG_FILES.getOrDefault(Repository.name(file), linesMax(file)))
                .map(file -> Repository.name(file) + " has " + lineCount(file) + " lines")
                .toList();
        assertThat(tooLong).as("split by reason to change").isEmpty();
    }

    @Test
    void theListOfLongFilesHoldsNoFileThatHasBecomeShort() {
        assertThat(LONG_FILES.keySet().stream()
                        .filter(name -> !Files.exists(Repository.root().resolve(name))
                                || lineCount(Repository.root().resolve(name))
                                        <= linesMax(Repository.root().resolve(name))))
                .isEmpty();
    }

    private static List<Path> mainFiles() {
        return Repository.javaFiles().stream()
                .filter(file -> Repository.name(file).contains("/src/main/java/"))
                .toList();
    }

    private static boolean isNullMarked(Path directory) {
        Path info = directory.resolve("package-info.java");
        return Files.exists(info) && Repository.read(info).contains("@NullMarked");
    }

    private static int linesMax(Path file) {
        return Repository.name(file).contains("/src/test/") ? TEST_LINES_MAX : LINES_MAX;
    }

    private static long lineCount(Path file) {
        return Repository.read(file).lines().count();
    }

    private static void assertNowhere(List<Path> files, String regex, String instead) {
        Pattern pattern = Pattern.compile(regex);
        assertThat(files).isNotEmpty();
        List<String> found = files.stream()
                .filter(file -> !Repository.name(file).equals(THIS_FILE))
                .flatMap(file -> findings(file, pattern).stream())
                .toList();
        assertThat(found).as(instead).isEmpty();
    }

    private static List<String> findings(Path file, Pattern pattern) {
        String text = Repository.read(file);
        return pattern.matcher(text)
                .results()
                .map(match -> Repository.name(file) + ":"
                        + (text.substring(0, match.start()).lines().count() + 1) + ": " + match.group())
                .toList();
    }
}
