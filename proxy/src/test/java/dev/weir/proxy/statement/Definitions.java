package dev.weir.proxy.statement;

import dev.weir.proxy.state.SessionSettings;

/** Statements for tests to which only their definition matters. */
public final class Definitions {

    private Definitions() {}

    /** The shared statement of a Parse message's body behind the name. */
    public static PreparedStatement acquire(StatementTexts texts, byte[] definition) {
        return texts.acquire(
                PreparedStatement.Origin.PARSE,
                definition,
                SessionSettings.NONE,
                StatementTraits.of(0, dev.weir.proxy.sql.MentionedSettings.NONE));
    }
}
