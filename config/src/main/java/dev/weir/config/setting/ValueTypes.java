package dev.weir.config.setting;

import dev.weir.config.Choice;
import java.time.Duration;
import java.util.List;

/// The value types the tables of settings are written with.
final class ValueTypes {
    static final BooleanType BOOLEAN = new BooleanType();
    static final SecretType SECRET = new SecretType();
    static final LdapOptionsType LDAP_OPTIONS = new LdapOptionsType();
    static final IntegerType FILE_MODE = new IntegerType(0, 0xfff, true);
    static final TextType PATH = new TextType("path", 4_095);
    /// PostgreSQL's names end after 63 bytes.
    static final TextType DATABASE_NAME = new TextType("name", 63);
    /// PgBouncer's bound for user names; PostgreSQL's own end after 63 bytes.
    static final TextType USER_NAME = new TextType("name", 127);
    static final TextType TEXT = new TextType("text", 8_191);
    static final TextType QUERY = new TextType("query", 8_191);
    /// Seconds, with a fraction if need be.
    static final DurationType DURATION = duration(DurationType.Unit.SECONDS, false, DurationType.CENTURY);
    /// Whole seconds: what PgBouncer keeps in an integer.
    static final DurationType WHOLE_SECONDS = duration(DurationType.Unit.SECONDS, true, DurationType.CENTURY);
    /// Whole seconds that are a period of something, and thus not zero.
    static final DurationType PERIOD =
            new DurationType(DurationType.Unit.SECONDS, true, Duration.ofSeconds(1), Duration.ofDays(1));
    /// Whole seconds that Linux takes for keep-alive probes.
    static final DurationType KEEPALIVE_SECONDS =
            duration(DurationType.Unit.SECONDS, true, Duration.ofSeconds(Short.MAX_VALUE));
    /// Milliseconds that fit the kernel's int.
    static final DurationType MILLISECONDS =
            duration(DurationType.Unit.MILLISECONDS, true, Duration.ofMillis(Integer.MAX_VALUE));
    /// How long something of another machine may take, or how often it is asked.
    static final DurationType INTERVAL =
            new DurationType(DurationType.Unit.SECONDS, false, Duration.ofMillis(100), Duration.ofDays(1));
    static final NetworkListType NETWORKS = new NetworkListType();
    static final IntegerType PORT = integer(1, 65_535);
    /// 0 switches the listener off.
    static final IntegerType PORT_OR_OFF = integer(0, 65_535);
    /// A limit on connections; 0 means none.
    static final IntegerType COUNT = integer(0, 1_000_000);

    private ValueTypes() {}

    private static DurationType duration(DurationType.Unit unit, boolean whole, Duration max) {
        return new DurationType(unit, whole, Duration.ZERO, max);
    }

    /// Seconds within bounds, with a fraction if need be.
    static DurationType duration(Duration min, Duration max) {
        return new DurationType(DurationType.Unit.SECONDS, false, min, max);
    }

    static IntegerType integer(int min, int max) {
        return new IntegerType(min, max, false);
    }

    static SizeType size(long min, long max) {
        return new SizeType(min, max);
    }

    static ListType listOf(String kind) {
        return new ListType(kind);
    }

    static <E extends Enum<E> & Choice> ChoiceType<E> choice(Class<E> type) {
        return ChoiceType.of(type);
    }

    static <E extends Enum<E> & Choice> ChoiceType<E> choice(List<E> choices) {
        return new ChoiceType<>(choices);
    }
}
