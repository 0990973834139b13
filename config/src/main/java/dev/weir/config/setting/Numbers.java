package dev.weir.config.setting;

import java.util.regex.Pattern;

/// Numbers as C's `strtol` with base 0 reads them: decimal, `0777` octal, `0x1ff` hexadecimal.
final class Numbers {
    private static final Pattern SHAPE = Pattern.compile("[+-]?(0[xX][0-9a-fA-F]{1,16}|0[0-7]{0,22}|[1-9][0-9]{0,18})");

    private Numbers() {}

    /// @throws InvalidValue if `text` is not such a number or needs more than 64 bits
    static long baseZero(String text) throws InvalidValue {
        if (!SHAPE.matcher(text).matches()) {
            throw new InvalidValue("not an integer");
        }
        try {
            // Long.decode knows the same prefixes, and '#', which the pattern keeps out.
            return Long.decode(text);
        } catch (NumberFormatException _) {
            throw new InvalidValue("the number is too large");
        }
    }
}
