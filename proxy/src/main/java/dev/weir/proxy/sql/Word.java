package dev.weir.proxy.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The keywords and function names that matter here, found by length and first letter.
enum Word {
    ABORT,
    AGGREGATE,
    ALTER,
    ANALYSE,
    ANALYZE,
    AS,
    ATOMIC,
    BEGIN,
    CALL,
    CASE,
    CLOSE,
    COMMIT,
    CONSTRAINT,
    CONSTRAINTS,
    CREATE,
    DATABASE,
    DEALLOCATE,
    DECLARE,
    DISCARD,
    DO,
    DROP,
    END,
    EVENT,
    EXECUTE,
    EXPLAIN,
    EXTENSION,
    FUNCTION,
    GLOBAL,
    HOLD,
    INDEX,
    INTO,
    LISTEN,
    LOAD,
    LOCAL,
    MATERIALIZED,
    NAMES,
    NOTIFY,
    OR,
    POLICY,
    PREPARE,
    PROCEDURE,
    RECURSIVE,
    RELEASE,
    REPLACE,
    RESET,
    ROLE,
    ROLLBACK,
    RULE,
    SAVEPOINT,
    SESSION,
    SET,
    START,
    TEMP,
    TEMPORARY,
    TIME,
    TO,
    TRANSACTION,
    TRIGGER,
    TRUE,
    UNIQUE,
    UNLISTEN,
    UPDATE,
    USER,
    VERBOSE,
    VIEW,
    WITH,
    WORK,
    ZONE,

    APPLICATION_NAME,
    CLIENT_ENCODING,
    DATESTYLE,
    INTERVALSTYLE,
    STANDARD_CONFORMING_STRINGS,
    TIMEZONE,

    PG_SETTINGS,
    SET_CONFIG,
    PG_NOTIFY,
    PG_LISTENING_CHANNELS,
    CURRVAL,
    LASTVAL,
    /// These run a query that they are given as a text.
    QUERY_TO_XML,
    QUERY_TO_XMLSCHEMA,
    QUERY_TO_XML_AND_XMLSCHEMA,
    TS_STAT,
    TS_REWRITE,
    PG_ADVISORY_LOCK,
    PG_ADVISORY_LOCK_SHARED,
    PG_TRY_ADVISORY_LOCK,
    PG_TRY_ADVISORY_LOCK_SHARED,
    PG_ADVISORY_UNLOCK,
    PG_ADVISORY_UNLOCK_SHARED,
    PG_ADVISORY_UNLOCK_ALL,

    /// Any name that begins with `pg_temp`, the schema of temporary things.
    PG_TEMP,

    /// Any other.
    OTHER;

    private static final int LENGTH_MAX = 27;
    private static final int LETTERS = 32;
    private static final Word[][] BUCKETS = buckets();

    private final String spelling = name().toLowerCase(Locale.ROOT);

    private static Word[][] buckets() {
        List<List<Word>> lists = new ArrayList<>();
        for (int i = 0; i < (LENGTH_MAX + 1) * LETTERS; i++) {
            lists.add(new ArrayList<>());
        }
        for (Word word : values()) {
            if (word != OTHER && word != PG_TEMP) {
                lists.get(bucket((byte) word.spelling.charAt(0), word.spelling.length()))
                        .add(word);
            }
        }
        return lists.stream().map(list -> list.toArray(Word[]::new)).toArray(Word[][]::new);
    }

    private static int bucket(byte first, int length) {
        return length * LETTERS + (first & (LETTERS - 1));
    }

    /// The word that stands there, in whatever case.
    static Word at(byte[] in, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return OTHER;
        }
        if (length <= LENGTH_MAX) {
            for (Word word : BUCKETS[bucket(in[from], length)]) {
                if (word.isAt(in, from)) {
                    return word;
                }
            }
        }
        return PG_TEMP.isPrefixAt(in, from, to) ? PG_TEMP : OTHER;
    }

    private boolean isPrefixAt(byte[] in, int from, int to) {
        return to - from >= spelling.length() && (in[from] | 0x20) == 'p' && isAt(in, from);
    }

    private boolean isAt(byte[] in, int from) {
        for (int i = 0; i < spelling.length(); i++) {
            if (Bytes.lower(in[from + i]) != spelling.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Whether PostgreSQL reports every change of the setting of this name.
    boolean isReportedSetting() {
        return compareTo(APPLICATION_NAME) >= 0 && compareTo(TIMEZONE) <= 0;
    }

    /// Whether a call of the function of this name has an effect.
    boolean isFunction() {
        return compareTo(SET_CONFIG) >= 0 && compareTo(PG_ADVISORY_UNLOCK_ALL) <= 0;
    }
}
