package dev.weir.proxy.statement;

import dev.weir.proxy.sql.CustomSettings;
import dev.weir.proxy.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement by its text.
 *
 * @param effects {@link dev.weir.proxy.sql.Effects}
 * @param custom the custom settings that it may change
 * @param command what is to be done instead of executing it, null if PostgreSQL executes it
 * @param executed the statement that it executes by name, null for none
 */
public record StatementTraits(
        int effects,
        CustomSettings custom,
        @Nullable SqlStatement command,
        @Nullable PreparedStatement executed) {

    private static final StatementTraits PLAIN = new StatementTraits(0, CustomSettings.NONE, null, null);

    /** A statement that PostgreSQL executes. */
    public static StatementTraits of(int effects, CustomSettings custom) {
        return effects == 0 && custom.equals(CustomSettings.NONE)
                ? PLAIN
                : new StatementTraits(effects, custom, null, null);
    }
}
