package dev.weir.proxy.statement;

import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SuspectNames;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement by its text.
 *
 * @param effects {@link dev.weir.proxy.sql.Effects}
 * @param settings the settings that it may change
 * @param command what is to be done instead of executing it, null if PostgreSQL executes it
 * @param executed the statement that it executes by name, null for none
 */
public record StatementTraits(
        int effects,
        MentionedSettings settings,
        @Nullable SqlStatement command,
        @Nullable PreparedStatement executed) {

    private static final StatementTraits PLAIN = new StatementTraits(0, MentionedSettings.NONE, null, null);

    /** A statement that PostgreSQL executes. */
    public static StatementTraits of(int effects, MentionedSettings settings) {
        return effects == 0 && settings.equals(MentionedSettings.NONE)
                ? PLAIN
                : new StatementTraits(effects, settings, null, null);
    }

    /** The same, and whatever the use of suspect names may do. */
    public StatementTraits with(SuspectNames names) {
        return new StatementTraits(effects | Effects.OPAQUE, settings.and(names.settings()), command, executed);
    }
}
