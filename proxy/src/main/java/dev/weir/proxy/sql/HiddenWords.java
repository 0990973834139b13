package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// What may stand in strings of a text, where the scanner does not look, and yet matters: a LOAD in the body of a DO,
/// the
/// name of the schema for temporary things in a search_path. For one thread at a time.
public final class HiddenWords {
    /// LOAD in front of a string, or of the end of the string that it is put together from.
    private static final Pattern LOAD = Pattern.compile(
            "(?i)(?<![\\w$])load(?![\\w$])" + "(?:\\s|/\\*[^*]*+\\*/|--[^\\n]*+\\n)*+(?:[\"'$%|\\\\]|(?:e|n|u&)')");

    private static final Pattern TEMPORARY = Pattern.compile("(?i)pg_temp");
    private static final Pattern PATH = Pattern.compile("(?i)search_path");
    /// Strings that do not stand for themselves, and values that are not there.
    private static final Pattern UNCLEAR = Pattern.compile("(?i)\\\\|u&['\"]");

    /// SET of a setting to what it was when the session began.
    private static final Pattern TO_DEFAULT =
            Pattern.compile("(?i)(?:=|\\bto\\b|\\bzone\\b|\\bnames\\b)\\s*+(?:default\\b|local\\b|;|$)");

    private static final byte[] WORD = {'l', 'o', 'a', 'd'};

    private int matched;
    private boolean foundLoad;

    HiddenWords() {}

    /// More effects of a text than [SqlScanner] sees.
    ///
    /// @param start absolute index in the buffer
    /// @param effects what the scanner has found in it
    public static int in(ByteBuf in, int start, int length, int effects) {
        int more = 0;
        if ((effects & (Effects.OPAQUE | Effects.SETS | Effects.SETS_LOCAL | Effects.SETS_REPORTED_ONLY)) != 0) {
            String text = in.toString(start, length, StandardCharsets.ISO_8859_1);
            if ((effects & Effects.OPAQUE) != 0 && LOAD.matcher(text).find()) {
                more |= Effects.LOADS_WITHIN;
            }
            if ((effects & Effects.SETS_LOCAL) != 0 && mayNameTemporary(text)) {
                more |= Effects.TEMP;
            }
            if ((effects & (Effects.OPAQUE | Effects.SETS)) != 0 && UnnamedSetting.isIn(text)) {
                more |= Effects.SETS_UNNAMED;
            }
            if ((effects & Effects.SETS_REPORTED_ONLY) != 0
                    && TO_DEFAULT.matcher(text).find()) {
                more |= Effects.SETS; // what the startup packet said has to come back, and what is reported is not that
            }
        }
        return more;
    }

    /// Whether the schema for temporary things is named.
    public static boolean nameTemporary(ByteBuf in, int start, int length) {
        return TEMPORARY
                .matcher(in.toString(start, length, StandardCharsets.ISO_8859_1))
                .find();
    }

    private static boolean mayNameTemporary(String text) {
        return TEMPORARY.matcher(text).find()
                || (PATH.matcher(text).find() && UNCLEAR.matcher(text).find());
    }

    /// Reads the next piece of a text that is not kept, for the word LOAD wherever it stands.
    void feed(byte[] piece, int length) {
        for (int i = 0; i < length && !foundLoad; i++) {
            byte b = Bytes.lower(piece[i]);
            if (matched == WORD.length) {
                foundLoad = !Bytes.inNames(b);
                matched = -1;
            } else if (matched >= 0 && b == WORD[matched]) {
                matched++;
                continue;
            }
            if (!foundLoad) {
                matched = Bytes.inNames(b) ? -1 : 0;
            }
        }
    }

    /// Whether it was there.
    boolean hasLoad() {
        return foundLoad;
    }
}
