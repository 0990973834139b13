package dev.weir.proxy.state;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A client's name for itself, as PostgreSQL keeps it: in printable ASCII, each byte of anything else shown in its place. From
 * a startup packet it takes any bytes; in a statement, a character that the encoding of the database lacks is an error.
 */
public final class ApplicationName {

    private static final String NAME = "application_name";
    /** From this version on the bytes are shown in hexadecimal, before as question marks. */
    private static final int SHOWS_HEX_SINCE = 16;

    private ApplicationName() {}

    /** The settings with a name that can be told to {@code server} in a statement. */
    public static SessionSettings tellable(SessionSettings settings, ReportedParameters server) {
        String name = settings.find(NAME);
        if (name == null || isPrintableAscii(name) || "UTF8".equals(server.find("server_encoding"))) {
            return settings;
        }
        boolean hex = server.majorVersion() >= SHOWS_HEX_SINCE;
        StringBuilder kept = new StringBuilder(name.length() * 4);
        for (byte character : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPrintableAscii(character)) {
                kept.append((char) character);
            } else if (hex) {
                kept.append("\\x").append(HexFormat.of().toHexDigits(character));
            } else {
                kept.append('?');
            }
        }
        return settings.with(NAME, kept.toString());
    }

    private static boolean isPrintableAscii(String text) {
        return text.chars().allMatch(ApplicationName::isPrintableAscii);
    }

    private static boolean isPrintableAscii(int character) {
        return character >= 0x20 && character < 0x7f;
    }
}
