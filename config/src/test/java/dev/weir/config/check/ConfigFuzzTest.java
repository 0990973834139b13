package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever bytes a file has, loading it ends in a configuration or in problems, and in nothing else.
class ConfigFuzzTest {
    private static final String[] PIECES = {
        "[",
        "]",
        "=",
        "\"",
        "'",
        "'''",
        "\"\"\"",
        "\n",
        "\r",
        "\0",
        ";",
        "#",
        "%include ",
        "${",
        "}",
        "$${",
        ".",
        ",",
        "[weir]\n",
        "[pgbouncer]\n",
        "[databases]\n",
        "[databases.x]\n",
        "[[users]]\n",
        "{",
        " = 0x",
        "1e999",
        "-",
        "99999999999999999999",
        "1979-05-27T07:32:00Z",
        "\\u0000",
        "\\uD800",
        "\u00e9",
        "\ud83d\ude00",
        "true",
        "inf",
        "host=",
        "pool_mode=",
        "password = ",
        "%include config\n",
        "* = ",
    };

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"weir.toml,1", "weir.toml,2", "weir.toml,3", "pgbouncer.ini,1", "pgbouncer.ini,2", "pgbouncer.ini,3"})
    void mutatedFilesNeverBreakTheLoader(String example, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] original = Files.readAllBytes(Path.of("examples", example));
        Files.copy(Path.of("examples", "userlist.txt"), directory.resolve("userlist.txt"));
        for (int round = 0; round < 150; round++) {
            byte[] mutated = original;
            for (int i = random.nextInt(4); i >= 0; i--) {
                mutated = mutate(mutated, random);
            }
            assertLoads(mutated, example + " seed " + seed + " round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void filesOfRandomPiecesNeverBreakTheLoader(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            assertLoads(text.toString().getBytes(StandardCharsets.UTF_8), "seed " + seed + " round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[weir]\nauth_file = \"userlist.txt\"\n[databases.a]\nuser = \"u\"\npassword = \"hunter2 x\"\n",
                "[pgbouncer]\nauth_file = userlist.txt\n[databases]\na = user=u password='hunter2 x'\n"
            })
    void filesCutOffAnywhereNeverBreakTheLoaderNorTellASecret(String text) throws IOException {
        Files.copy(Path.of("examples", "userlist.txt"), directory.resolve("userlist.txt"));
        for (int end = 0; end <= text.length(); end++) {
            Loaded loaded = assertLoads(text.substring(0, end).getBytes(StandardCharsets.UTF_8), "cut at " + end);
            assertThat(loaded.toString()).as("cut at %s", end).doesNotContain("hunter");
        }
    }

    /// Each piece comes after what makes the loader take the following for a name, a value, a header and so on. The
    /// time
    /// limit is far above what linear work takes and far below what quadratic work would.
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "a=[",
                "a={b=",
                "a.",
                "%include config\n",
                "xx yy\n",
                "[pgbouncer]\n[x\n",
                "\"",
                "=",
                "\0",
                "'",
                "''",
                "a ",
                "*",
                "${a:-",
                "$",
                "${",
                "a='",
                " ;",
                ",",
                "9",
                "1h",
                "[databases.*",
            })
    void filesOfOnePieceOverAndOverNeverBreakTheLoader(String piece) throws IOException {
        for (String head : List.of(
                "",
                "[weir]\nx",
                "[weir]\nlisten_addr = \"",
                "[weir]\n[databases.",
                "[pgbouncer]\n",
                "[pgbouncer]\nverbose = ",
                "[pgbouncer]\nlisten_addr = ",
                "[pgbouncer]\n[",
                "[pgbouncer]\n[databases]\n'",
                "[pgbouncer]\n[databases]\na = password=",
                "[pgbouncer]\n[databases]\na = user='",
                "[databases]\n")) {
            for (String tail : List.of("", "\"\n", "\n")) {
                String text = head + piece.repeat(15_000 / piece.length()) + tail;
                assertLoads(text.getBytes(StandardCharsets.UTF_8), head + piece + "…" + tail);
            }
        }
    }

    private Loaded assertLoads(byte[] bytes, String what) throws IOException {
        Path file = Files.write(directory.resolve("config"), bytes);
        Loaded loaded = ConfigLoader.load(file, Map.of());
        assertThat(loaded.config() == null).as(what).isEqualTo(!loaded.errors().isEmpty());
        assertThat(loaded.problems())
                .as(what)
                .hasSizeLessThanOrEqualTo(1_000)
                .allMatch(problem -> problem.toString().length() < 3_000);
        return loaded;
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(30));
        return switch (random.nextInt(4)) {
            case 0 -> joined(bytes, at, new byte[0], end);
            case 1 -> joined(bytes, at, PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8), at);
            case 2 -> joined(bytes, at, new byte[] {(byte) random.nextInt(256)}, end);
            default -> joined(bytes, at, bytes.clone(), at);
        };
    }

    private static byte[] joined(byte[] bytes, int upTo, byte[] middle, int from) {
        int middleLength = Math.min(middle.length, 2_000);
        byte[] joined = new byte[upTo + middleLength + bytes.length - from];
        System.arraycopy(bytes, 0, joined, 0, upTo);
        System.arraycopy(middle, 0, joined, upTo, middleLength);
        System.arraycopy(bytes, from, joined, upTo + middleLength, bytes.length - from);
        return joined;
    }
}
