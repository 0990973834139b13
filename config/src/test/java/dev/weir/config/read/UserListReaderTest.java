package dev.weir.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Secret;
import dev.weir.config.SecretForm;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserListReaderTest {
    private static final String SCRAM = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy";

    @Test
    void readsNamesAndSecretsAndIgnoresTheRestOfTheLine() {
        UserListReader.Result result = UserListReader.read("users", """
            ; comment
            "plain" "pass word"

              "hash"   "md50123456789abcdef0123456789ABCDEF" and more
            "scram" "%s"
            "a ""quoted"" name" "a ""quoted"" secret"
            "none" ""
            "twice" "first"
            "twice" "last"
            """.formatted(SCRAM));
        assertThat(result.problems()).isEmpty();
        assertThat(result.users().secrets())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "plain", new Secret("pass word"),
                        "hash", new Secret("md50123456789abcdef0123456789ABCDEF"),
                        "scram", new Secret(SCRAM),
                        "a \"quoted\" name", new Secret("a \"quoted\" secret"),
                        "none", Secret.EMPTY,
                        "twice", new Secret("last")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "md50123456789abcdef0123456789abcdef        | MD5",
                "md50123456789abcdef0123456789abcde         | PLAINTEXT",
                "md5                                        | PLAINTEXT",
                "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2Vy  | SCRAM_SHA_256",
                "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk       | PLAINTEXT",
                "SCRAM-SHA-1$4096:c2FsdA==$c3RvcmVk:c2Vy    | PLAINTEXT",
                "''                                         | EMPTY",
            })
    void tellsTheFormsOfSecretsApart(String text, SecretForm form) {
        assertThat(new Secret(text).form()).isEqualTo(form);
    }

    @Test
    void everyBrokenLineIsToldAndTheOthersCount() {
        UserListReader.Result result = UserListReader.read("users", """
            "a" "x"
            b x
            "c"
            "d" "unfinished
            "" "x"
            "%s" "x"
            "e" "%s"
            "f" "\0"
            "z" "y"
            """.formatted("n".repeat(128), "s".repeat(65_001)));
        assertThat(result.users().secrets()).containsOnlyKeys("a", "z");
        assertThat(result.problems())
                .extracting(problem -> problem.origin().toString())
                .containsExactly("users:2", "users:3", "users:4", "users:5", "users:6", "users:7", "users:8");
        assertThat(result.problems().toString()).doesNotContain("unfinished", "sssss");
    }

    @Test
    void secretsDoNotShow() {
        assertThat(new Secret("hush").toString()).isEqualTo("***");
        assertThat(UserListReader.read("users", "\"a\" \"hush\"").toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsWrittenIsRead(long seed) {
        Random random = new Random(seed);
        Map<String, Secret> secrets = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String name = i + text(random);
            String secret = text(random);
            secrets.put(name, new Secret(secret));
            text.append('"').append(name.replace("\"", "\"\"")).append("\" \"");
            text.append(secret.replace("\"", "\"\""))
                    .append("\" ")
                    .append(text(random))
                    .append('\n');
        }
        UserListReader.Result result = UserListReader.read("users", text.toString());
        assertThat(result.problems()).as("seed %s", seed).isEmpty();
        assertThat(result.users().secrets()).as("seed %s", seed).isEqualTo(secrets);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void garbageGivesProblemsAndNothingElse(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append("\"\"\"a \t\n\r\0;\u00e9\u2028".charAt(random.nextInt(12)));
            }
            UserListReader.Result result = UserListReader.read("users", text.toString());
            assertThat(result.users().secrets().keySet())
                    .as("seed %s round %s", seed, round)
                    .noneMatch(name -> name.isEmpty() || name.indexOf('\0') >= 0);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append("a\" ;\\'$\u20ac".charAt(random.nextInt(8)));
        }
        return text.toString();
    }
}
