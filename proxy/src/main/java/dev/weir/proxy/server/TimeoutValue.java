package dev.weir.proxy.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a timeout of PostgreSQL is, as a client writes it or PostgreSQL shows it. */
final class TimeoutValue {

    private static final Pattern DURATION = Pattern.compile("\\s*(\\d{1,12})\\s*(|ms|s|min|h|d)\\s*");

    private TimeoutValue() {}

    /** In milliseconds, 0 for none; negative if it is written in some other way. */
    static long milliseconds(String value) {
        Matcher parts = DURATION.matcher(value);
        return parts.matches() ? Long.parseLong(parts.group(1)) * unit(parts.group(2)) : -1;
    }

    private static long unit(String name) {
        return switch (name) {
            case "s" -> 1_000;
            case "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> 1;
        };
    }
}
