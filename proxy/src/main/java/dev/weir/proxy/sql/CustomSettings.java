package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The custom settings (`app.user_id`) that a text may change. PostgreSQL lists them nowhere, so whoever wants to know
/// their
/// values has to know their names.
///
/// @param names in lower case; rather too many than too few, every word with a dot in it counts
/// @param complete whether no other can be meant
public record CustomSettings(Set<String> names, boolean complete) {
    /// None at all.
    public static final CustomSettings NONE = new CustomSettings(Set.of(), true);

    /// Nobody knows which.
    public static final CustomSettings UNKNOWN = new CustomSettings(Set.of(), false);

    private static final int NAMES_MAX = 64;
    private static final Pattern DOTTED = Pattern.compile("[a-zA-Z_][\\w$]{0,62}(?:\\.[a-zA-Z_][\\w$]{0,62})+");
    private static final Pattern COMPUTED = Pattern.compile("(?i)set_config\"?\\s*\\(\\s*[^'\\s]");

    /// Looks through a text, if its effects say that it may change settings for good.
    ///
    /// @param start absolute index in the buffer
    /// @param effects what [SqlScanner] has found in it
    public static CustomSettings in(ByteBuf in, int start, int length, int effects) {
        if ((effects & (Effects.SETS | Effects.OPAQUE | Effects.UNKNOWN_END)) == 0) {
            return NONE;
        }
        String text = in.toString(start, length, StandardCharsets.ISO_8859_1);
        boolean complete = (effects & (Effects.OPAQUE | Effects.UNKNOWN_END)) == 0
                && !COMPUTED.matcher(text).find();
        Set<String> names = new TreeSet<>();
        Matcher found = DOTTED.matcher(text.replace("\"", ""));
        while (found.find()) {
            if (names.size() == NAMES_MAX) {
                return new CustomSettings(Set.copyOf(names), false);
            }
            names.add(found.group().toLowerCase(Locale.ROOT));
        }
        return new CustomSettings(Set.copyOf(names), complete);
    }
}
