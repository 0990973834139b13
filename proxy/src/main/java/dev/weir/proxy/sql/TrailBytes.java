package dev.weir.proxy.sql;

import java.util.Locale;

/// Which bytes of a client encoding may look like ASCII although they belong to the character before. PostgreSQL
/// converts a text to the database's encoding before it reads it, and those have no such characters.
public enum TrailBytes {
    /// No byte below 0x80 is ever part of another character: UTF-8, EUC, and all encodings of one byte. JOHAB is one of
    /// them in PostgreSQL, which refuses its other characters.
    NONE,

    /// A byte from 0x80 up takes the next one with it: BIG5, GBK, UHC and GB18030, whose characters of four bytes are
    /// two
    /// such pairs.
    PAIRS,

    /// As [#PAIRS], but 0xA1 to 0xDF are characters of their own.
    SJIS;

    /// What goes for a value of `client_encoding`, however it is spelled.
    public static TrailBytes of(String clientEncoding) {
        StringBuilder letters = new StringBuilder();
        clientEncoding
                .toLowerCase(Locale.ROOT)
                .chars()
                .filter(Character::isLetterOrDigit)
                .forEach(letter -> {
                    letters.append((char) letter);
                });
        return switch (letters.toString()) {
            case "sjis", "shiftjis", "mskanji", "win932", "windows932", "shiftjis2004" -> SJIS;
            case "big5",
                    "win950",
                    "windows950",
                    "gbk",
                    "win936",
                    "windows936",
                    "uhc",
                    "win949",
                    "windows949",
                    "gb18030" -> PAIRS;
            default -> NONE;
        };
    }

    /// Whether this byte, not a trail byte itself, is the first of a pair.
    boolean leads(byte b) {
        return switch (this) {
            case NONE -> false;
            case PAIRS -> b < 0;
            case SJIS -> b < 0 && ((b & 0xff) < 0xa1 || (b & 0xff) > 0xdf);
        };
    }
}
