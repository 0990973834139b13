package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings that a text may change, as far as they matter to who has to know afterwards which are in force.
///
/// @param custom names of custom settings (`app.user_id`) in lower case, which PostgreSQL lists nowhere; rather too
/// many
///     than too few, every word with a dot in it counts
/// @param complete whether no other custom settings can be meant
/// @param meaningful whether one may be among them that gives other texts another meaning, such as `search_path`
public record MentionedSettings(Set<String> custom, boolean complete, boolean meaningful) {
    /// None at all.
    public static final MentionedSettings NONE = new MentionedSettings(Set.of(), true, false);

    /// Nobody knows which.
    public static final MentionedSettings UNKNOWN = new MentionedSettings(Set.of(), false, true);

    private static final int NAMES_MAX = 64;
    private static final int CHANGING = Effects.SETS | Effects.SETS_REPORTED_ONLY | Effects.SETS_LOCAL;
    private static final int UNSEEN = Effects.OPAQUE | Effects.UNKNOWN_END;

    private static final Pattern DOTTED = Pattern.compile("[a-zA-Z_][\\w$]{0,62}(?:\\.[a-zA-Z_][\\w$]{0,62})+");
    private static final Pattern COMPUTED = Pattern.compile("(?i)set_config\"?\\s*\\(\\s*[^'\\s]");
    /// Words of every setting that is part of [dev.weir.proxy.state.SessionSettings#meaning()], and of the other ways
    /// to
    /// change one.
    private static final Pattern MEANINGFUL =
            Pattern.compile("(?i)array_nulls|backslash_quote|bytea_output|client_encoding|datestyle|text_search_config"
                    + "|extra_float_digits|intervalstyle|lc_|role|row_security|search_path|schema|authorization"
                    + "|standard_conforming|zone|transform_null|xml|names|reset\\s+all|discard|escape");

    /// These and others.
    public MentionedSettings and(MentionedSettings others) {
        if (others.equals(NONE)) {
            return this;
        }
        Set<String> all = new TreeSet<>(custom);
        all.addAll(others.custom);
        boolean fits = all.size() <= NAMES_MAX;
        return new MentionedSettings(
                fits ? Set.copyOf(all) : custom, fits && complete && others.complete, meaningful || others.meaningful);
    }

    /// Looks through a text, if its effects say that it may change settings.
    ///
    /// @param start absolute index in the buffer
    /// @param effects what [SqlScanner] has found in it
    public static MentionedSettings in(ByteBuf in, int start, int length, int effects) {
        if ((effects & (CHANGING | UNSEEN)) == 0) {
            return NONE;
        }
        String text = in.toString(start, length, StandardCharsets.ISO_8859_1);
        boolean seen = (effects & UNSEEN) == 0 && !COMPUTED.matcher(text).find();
        boolean meaningful = !seen || MEANINGFUL.matcher(text).find();
        Set<String> names = new TreeSet<>();
        Matcher found = DOTTED.matcher(text.replace("\"", ""));
        while (found.find() && names.size() < NAMES_MAX) {
            names.add(found.group().toLowerCase(Locale.ROOT));
        }
        return new MentionedSettings(Set.copyOf(names), seen && names.size() < NAMES_MAX, meaningful);
    }
}
