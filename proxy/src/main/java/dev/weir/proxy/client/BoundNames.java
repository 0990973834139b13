package dev.weir.proxy.client;

import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.HiddenWords;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.wire.FieldReader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads in Bind which settings `set_config($1, $2, false)` will set, where the text alone does not tell ("Extended
/// Query"). Other statements' parameters are never looked at.
final class BoundNames {
    /// Parameters of more bytes are not waited for.
    private static final int BYTES_MAX = 64 << 10;

    private BoundNames() {}

    /// Whether the rest of a Bind has to be there before [#in] can tell.
    static boolean needMore(StatementTraits bound, int length, int available) {
        return available < length
                && length <= BYTES_MAX
                && !bound.settings().parameters().isEmpty();
    }

    /// What the statement may do with these parameters.
    ///
    /// @param start where the names of portal and statement end
    /// @param length up to the end of what is there
    /// @param whole whether that is all; otherwise the names stay unknown
    static StatementTraits in(StatementTraits bound, ByteBuf in, int start, int length, boolean whole) {
        if (mayMoveToTemporary(bound) && (!whole || HiddenWords.nameTemporary(in, start, length))) {
            return in(bound.with(Effects.TEMP), in, start, length, whole);
        }
        MentionedSettings settings = bound.settings();
        // EXECUTE has parameters of its own
        if (!whole || settings.parameters().isEmpty() || bound.executed() != null) {
            return bound;
        }
        return StatementTraits.of(
                bound.effects(), settings.named(values(new FieldReader(in, start, length), settings.parameters())));
    }

    /// Whether a value may put the schema for temporary things in front, where others create theirs.
    private static boolean mayMoveToTemporary(StatementTraits bound) {
        return (bound.effects() & (Effects.SETS_LOCAL | Effects.TEMP)) == Effects.SETS_LOCAL
                && bound.settings().meaningful();
    }

    // | int16 formats, int16 format … | int16 values, { int32 length, value } … |
    private static List<String> values(FieldReader body, Set<Integer> numbers) {
        body.skip(2 * body.count());
        int count = body.count();
        List<String> found = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            int length = body.int32();
            if (length < 0) {
                continue; // NULL: nothing will be set
            }
            if (numbers.contains(number)) {
                found.add(new String(body.bytes(length), StandardCharsets.UTF_8)); // text in both formats
            } else {
                body.skip(length);
            }
        }
        return found;
    }
}
