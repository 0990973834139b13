package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings that a text may change, as far as they matter to who has to know afterwards which are in force.
///
/// @param custom names of custom settings (`app.user_id`) in lower case, which PostgreSQL lists nowhere; rather
///     too many than too few, every word with a dot in it counts
/// @param parameters numbers, from 1, of the statement's parameters that are names of settings
/// @param complete whether no other custom settings can be meant than these and those that parameters name
/// @param meaningful whether one may be among them that gives other texts another meaning, such as `search_path`
public record MentionedSettings(Set<String> custom, Set<Integer> parameters, boolean complete, boolean meaningful) {
    /// None at all.
    public static final MentionedSettings NONE = new MentionedSettings(Set.of(), Set.of(), true, false);

    /// Nobody knows which.
    public static final MentionedSettings UNKNOWN = new MentionedSettings(Set.of(), Set.of(), false, true);

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    /// Names that are written with escapes.
    private static final Pattern ESCAPED = Pattern.compile("(?i)\\bu&[\"']");

    private static final int NAMES_MAX = 64;
    private static final int CHANGING = Effects.SETS | Effects.SETS_REPORTED_ONLY | Effects.SETS_LOCAL;
    private static final int UNSEEN = Effects.OPAQUE | Effects.UNKNOWN_END;

    // possessive, and tried at the beginning of a word only: the other kinds of repetition recurse, and hostile texts
    // are long
    private static final Pattern DOTTED = Pattern.compile("(?<![\\w$\\x80-\\xff])"
            + "[a-zA-Z_\\x80-\\xff][\\w$\\x80-\\xff]*+" + "(?:\\s*+\\.\\s*+[a-zA-Z_\\x80-\\xff][\\w$\\x80-\\xff]*+)++");
    /// Names that PostgreSQL can be asked for as they stand: it cuts longer words, and encodings differ.
    private static final Pattern PLAIN = Pattern.compile("[\\w$]{1,63}+(?:\\.[\\w$]{1,63}+)++");
    /// A call and its first argument, if that is a constant or a parameter and nothing more.
    private static final Pattern CALL =
            Pattern.compile("(?i)set_config\"?\\s*\\(\\s*(?:('[^'\\\\]*')|\\$(\\d{1,5})(?:\\s*::\\s*text)?)?\\s*(,?)");
    /// Words of every setting that is part of [dev.weir.proxy.state.SessionSettings#meaning()], and of the
    /// other ways to change one.
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
        Set<Integer> numbers = new TreeSet<>(parameters);
        numbers.addAll(others.parameters);
        boolean fits = all.size() <= NAMES_MAX;
        return new MentionedSettings(
                fits ? Set.copyOf(all) : custom,
                Set.copyOf(numbers),
                fits && complete && others.complete,
                meaningful || others.meaningful);
    }

    /// These, the values of their parameters being known.
    ///
    /// @param names what the parameters say
    public MentionedSettings named(List<String> names) {
        Set<String> all = new TreeSet<>(custom);
        boolean seen = complete;
        for (String name : names) {
            if (PLAIN.matcher(name).matches()) {
                all.add(name.toLowerCase(Locale.ROOT));
            } else {
                seen &= name.indexOf('.') < 0; // without one it is no custom setting
            }
        }
        return new MentionedSettings(Set.copyOf(all), Set.of(), seen, meaningful);
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
        boolean seen = (effects & UNSEEN) == 0 && !ESCAPED.matcher(text).find();
        Set<Integer> parameters = new TreeSet<>();
        Matcher call = CALL.matcher(text);
        while (call.find()) {
            boolean comma = !call.group(3).isEmpty();
            if (comma && call.group(2) != null) {
                parameters.add(Integer.valueOf(call.group(2)));
            } else {
                seen &= comma && call.group(1) != null;
            }
        }
        Set<String> names = new TreeSet<>();
        Matcher found = DOTTED.matcher(text.replace("\"", ""));
        while (found.find() && names.size() < NAMES_MAX) {
            String name = BLANKS.matcher(found.group()).replaceAll("");
            if (PLAIN.matcher(name).matches()) {
                names.add(name.toLowerCase(Locale.ROOT));
            } else {
                seen = false;
            }
        }
        boolean meaningful =
                !seen || !parameters.isEmpty() || MEANINGFUL.matcher(text).find();
        return new MentionedSettings(
                Set.copyOf(names), Set.copyOf(parameters), seen && names.size() < NAMES_MAX, meaningful);
    }
}
