package dev.weir.proxy.statement;

import dev.weir.proxy.state.SessionSettings;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Statements for tests to which only their definition matters. */
public final class Definitions {

    private Definitions() {}

    /** The shared statement of a Parse message's body behind the name. */
    public static PreparedStatement acquire(StatementTexts texts, byte[] definition) {
        return Objects.requireNonNull(tryAcquire(texts, definition));
    }

    /** What such a statement takes. */
    static long bytes(String definition) {
        StatementTexts texts = new StatementTexts(() -> 0L);
        acquire(texts, definition.getBytes(StandardCharsets.US_ASCII));
        return texts.bytes();
    }

    /** The same, or null if there is no room. */
    static @Nullable PreparedStatement tryAcquire(StatementTexts texts, byte[] definition) {
        return texts.acquire(
                PreparedStatement.Origin.PARSE,
                definition,
                SessionSettings.NONE,
                StatementTraits.of(0, dev.weir.proxy.sql.MentionedSettings.NONE));
    }
}
