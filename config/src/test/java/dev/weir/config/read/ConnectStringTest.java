package dev.weir.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.read.ConnectString.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectStringTest {
    @Test
    void readsPairsSeparatedByBlanks() throws BadConnectString {
        assertThat(ConnectString.parse(" host=x  port = 5432\tdbname='a ''b'' c' user=a=b,c;d "))
                .containsExactly(
                        new Pair("host", "x"),
                        new Pair("port", "5432"),
                        new Pair("dbname", "a 'b' c"),
                        new Pair("user", "a=b,c;d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void nothingIsAnEntryOfDefaults(String text) throws BadConnectString {
        assertThat(ConnectString.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "password=      | the value of password is empty",
                "host=''        | the value of host is empty",
                "host           | a connect string of key=value pairs is expected",
                "host=x port    | expected key=value after host",
                "=x             | a key is missing before =",
                "host='x        | the quoted value of host does not end",
                "host='x''      | the quoted value of host does not end",
                "host='x'port=1 | a blank is missing after the value of host",
            })
    void tellsWhatIsWrong(String text, String reason) {
        assertThatThrownBy(() -> ConnectString.parse(text)).hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsWrittenIsRead(long seed) throws BadConnectString {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<Pair> pairs = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--) {
                Pair pair = new Pair("k" + i, value(random));
                pairs.add(pair);
                text.append(pair.key()).append("='").append(pair.value().replace("'", "''"));
                text.append("' ");
            }
            assertThat(ConnectString.parse(text.toString()))
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(pairs);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void garbageIsRefusedOrReadButNothingElse(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append("ab='= \t\0\u00e9;#".charAt(random.nextInt(11)));
            }
            try {
                assertThat(ConnectString.parse(text.toString()))
                        .as("seed %s round %s", seed, round)
                        .allMatch(pair -> !pair.key().isEmpty() && !pair.value().isEmpty());
            } catch (BadConnectString refused) {
                assertThat(refused.reason()).as("seed %s round %s", seed, round).isNotEmpty();
            }
        }
    }

    private static String value(Random random) {
        StringBuilder value = new StringBuilder("v");
        for (int i = random.nextInt(12); i > 0; i--) {
            value.append("a' =\"\\;\u20ac".charAt(random.nextInt(8)));
        }
        return value.toString();
    }
}
