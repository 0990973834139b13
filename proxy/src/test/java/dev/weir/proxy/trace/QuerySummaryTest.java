package dev.weir.proxy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What spans are called.
final class QuerySummaryTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT * FROM accounts WHERE id = $1 | SELECT accounts",
                "select a from shop.accounts a | SELECT shop.accounts",
                "SELECT extract(epoch FROM t) FROM events | SELECT events",
                "SELECT (SELECT $1 FROM b), $2 FROM a | SELECT a",
                "SELECT * FROM (SELECT $1 FROM b) AS c | SELECT",
                "SELECT * FROM ONLY a | SELECT a",
                "SELECT $1 | SELECT",
                "SELECT * FROM \"Order Items\" WHERE x | SELECT \"Order Items\"",
                "INSERT INTO accounts VALUES ($1, ...) | INSERT accounts",
                "UPDATE accounts SET a = b | UPDATE accounts",
                "DELETE FROM accounts | DELETE accounts",
                "MERGE INTO a USING b ON true | MERGE a",
                "CREATE TABLE t (a int) | CREATE TABLE",
                "begin | BEGIN",
                "COMMIT; | COMMIT",
                "WITH a AS (SELECT $1) SELECT * FROM a | WITH",
                "(SELECT $1 FROM a) | ``",
                "; | ``",
                "`` | ``",
            })
    void tellsWhatIsDoneToWhat(String text, String summary) {
        assertThat(QuerySummary.of(text)).isEqualTo(summary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT * FROM \"a", "SELECT * FROM", "SELECT \"", "\"", "UPDATE", "CREATE", "SELECT a FROM\""})
    void endsWithATextThatIsCutShort(String text) {
        assertThat(QuerySummary.of(text)).doesNotContain("…");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 200, 70_000})
    void isShort(int length) {
        assertThat(QuerySummary.of("SELECT * FROM " + "a".repeat(length))).hasSizeLessThanOrEqualTo(100);
        assertThat(QuerySummary.of("SELECT * FROM \"" + "😀".repeat(length) + "\""))
                .hasSizeLessThanOrEqualTo(100)
                .doesNotEndWith("\ud83d");
    }
}
