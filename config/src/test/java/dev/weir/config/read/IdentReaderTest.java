package dev.weir.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The maps of `auth_ident_file`: whose name leads to which user.
class IdentReaderTest {
    private static final String EXAMPLE = """
        # map    system name              user
        plain    joe                      app
        plain    "Joe Doe"                "all"   # a user called all
        plain    root                     all
        mail     "/^(.*)@example\\.org$"  \\1
        mail     /@example\\.com$         guest
        deep     /^(([a-z])+.)+[A-Z]([a-z])+$  x\\1y
        """;

    private static IdentReader.Result read(String text) {
        return IdentReader.read("ident.conf", text);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, joe,               app,   true",
        "plain, joe,               all,   false",
        "plain, Joe,               app,   false",
        "plain, Joe Doe,           all,   true",
        "plain, Joe Doe,           app,   false",
        "plain, root,              anyone, true",
        "mail,  joe@example.org,   joe,   true",
        "mail,  joe@example.org,   guest, false",
        "mail,  joe@example.org.evil, joe, false",
        "mail,  joe@exampleXorg,   joe,   false",
        "mail,  ann@example.com,   guest, true",
        "mail,  ann@example.com,   ann,   false",
        "none,  joe,               joe,   false",
        "'',    joe,               joe,   true",
        "'',    joe,               app,   false"
    })
    void leadsFromNamesToUsers(String map, String name, String user, boolean allowed) {
        IdentReader.Result result = read(EXAMPLE);
        assertThat(result.problems()).isEmpty();
        assertThat(result.maps().allow(map, name, user)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "map joe             | expected three columns",
                "map joe app more    | expected three columns",
                "map /( app          | not a regular expression",
                "map /(?=x) app      | not a regular expression",
                "map /x \\1          | the regular expression has none",
                "map joe +staff      | neither roles nor regular expressions",
                "map joe /app        | neither roles nor regular expressions",
                "map \"\" app        | an empty name",
                "map joe,ann app     | a comma outside of quotes",
                "map \"joe app       | a quote that does not end"
            })
    void namesTheLineThatIsNone(String line, String message) {
        IdentReader.Result result = read("\n" + line + "\n");
        assertThat(result.maps().maps()).isEmpty();
        assertThat(result.problems()).hasSize(1);
        assertThat(result.problems().getFirst().origin().toString()).isEqualTo("ident.conf:2");
        assertThat(result.problems().getFirst().message()).contains(message);
    }

    @Test
    void noExpressionTakesLongForAnyName() {
        IdentReader.Result result = read("map \"/^(a+)+$\" all\nmap \"/(x*)*(y*)*z\" all\n");
        String name = "a".repeat(1_000) + "!";
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(result.maps().allow("map", name, "app")).isFalse());
        assertThat(result.maps().allow("map", "a".repeat(2_000), "app")).isFalse();
    }

    @Test
    void isReadWhereverItIsCut() {
        for (int end = 0; end <= EXAMPLE.length(); end++) {
            IdentReader.Result result = read(EXAMPLE.substring(0, end));
            assertThat(result.maps().allow("plain", "nobody", "app"))
                    .as("cut at %d", end)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void survivesWhateverItReads(long seed) {
        Random random = new Random(seed);
        String alphabet = "map /^(.*)+[a-z]{1,9}\\1\\Q\"\",# all \t\0é$|?*\n";
        for (int run = 0; run < 500; run++) {
            StringBuilder text = new StringBuilder(EXAMPLE);
            for (int change = 0; change < 1 + random.nextInt(12); change++) {
                int at = random.nextInt(text.length());
                text.replace(
                        at,
                        Math.min(text.length(), at + random.nextInt(4)),
                        String.valueOf(alphabet.charAt(random.nextInt(alphabet.length()))));
            }
            IdentReader.Result result = read(text.toString());
            assertThat(result.problems()).as("seed %d run %d", seed, run).hasSizeLessThan(200);
            result.maps().allow("mail", "joe@example.org", "joe");
        }
    }
}
