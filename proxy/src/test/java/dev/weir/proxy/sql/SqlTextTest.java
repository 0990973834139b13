package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is taken off the ends of a text.
final class SqlTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
        SELECT 1|SELECT 1
          SELECT 1 ; |SELECT 1
        /* a */ SELECT 1 /*traceparent='00-1'*/|SELECT 1
        /* a /* b */ */;SELECT 1;SELECT 2;/*c*/;|SELECT 1;SELECT 2
        SELECT /* a */ 1 -- ; b|SELECT /* a */ 1
        /*+ IndexScan(t) */ SELECT 1|/*+ IndexScan(t) */ SELECT 1
        /* a */ /*+ b */ SELECT 1 /*+ c */ /* d */|/*+ b */ SELECT 1 /*+ c */
        SELECT 'a'  /* b */|SELECT 'a'
        SELECT 'a' -|SELECT 'a' -
        SELECT '/*'; -- */|SELECT '/*'
        SELECT $a$ -- $a$ -- |SELECT $a$ -- $a$
        SELECT "a" -- b|SELECT "a"
        SELECT $1  |SELECT $1
        SELECT 1e /*|SELECT 1e /*
         SELECT 'a |` SELECT 'a `
        -- a|``
        ; ;|``
        ``|``
        """)
    void leavesTheTokens(String text, String core) {
        assertThat(Scans.core(text)).isEqualTo(core);
    }
}
