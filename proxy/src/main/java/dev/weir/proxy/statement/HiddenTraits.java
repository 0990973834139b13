package dev.weir.proxy.statement;

import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SuspectNames;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement by its text, and by what else the names in it stand for. Immutable.
 *
 * @param names what is known of names; compared by identity
 */
record HiddenTraits(SuspectNames names, StatementTraits traits) {

    private static final int HIDDEN = Effects.SUSPECT | Effects.LOADS_WITHIN;

    /**
     * Reads a text once more, for its names.
     *
     * @param text null if it is not there any more: then it may mention any
     * @param length without what follows the text
     */
    static HiddenTraits of(
            StatementTraits visible, byte @Nullable [] text, int length, SuspectNames names, SqlDialect dialect) {
        PreparedStatement executed = visible.executed();
        int hidden;
        if (executed != null) {
            hidden = executed.traits(names, dialect).effects() & HIDDEN;
        } else {
            hidden = text == null
                    ? names.mostEffects()
                    : names.effectsIn(Unpooled.wrappedBuffer(text), 0, length, dialect);
        }
        return new HiddenTraits(names, visible.with(names, hidden));
    }

    /** Bytes in front of the first zero, all if there is none. */
    static int textLength(byte[] definition) {
        for (int i = 0; i < definition.length; i++) {
            if (definition[i] == 0) {
                return i;
            }
        }
        return definition.length;
    }
}
