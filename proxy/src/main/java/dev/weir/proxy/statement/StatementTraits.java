package dev.weir.proxy.statement;

import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.HiddenWords;
import dev.weir.proxy.sql.LongText;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SuspectNames;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
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

    /**
     * What a text says of itself.
     *
     * @param start absolute index in the buffer
     * @param effects what the scanner has found in it
     */
    public static StatementTraits read(ByteBuf in, int start, int length, int effects) {
        int all = effects | HiddenWords.in(in, start, length, effects);
        boolean meddles = (effects & (Effects.PREPARES | Effects.DEALLOCATES)) != 0 && namesOurs(in, start, length);
        return of(meddles ? all | Effects.OPAQUE : all, MentionedSettings.in(in, start, length, effects));
    }

    /** Whether it speaks of a statement by the name that we have given it. */
    private static boolean namesOurs(ByteBuf in, int start, int length) {
        return in.toString(start, length, StandardCharsets.ISO_8859_1).contains(PreparedStatement.NAME_PREFIX);
    }

    /** The same with more effects. */
    public StatementTraits with(int more) {
        return new StatementTraits(effects | more, settings, command, executed);
    }

    /** What a text says of itself that had to be read in pieces. */
    public static StatementTraits read(LongText text, SuspectNames names) {
        return of(text.effects(), text.settings()).with(names, text.hidden());
    }

    /**
     * The same, and what the use of suspect names may do.
     *
     * @param hidden what {@link SuspectNames#effectsIn} says of the text
     */
    public StatementTraits with(SuspectNames names, int hidden) {
        return hidden == 0
                ? this
                : new StatementTraits(effects | hidden, settings.and(names.settings()), command, executed);
    }
}
