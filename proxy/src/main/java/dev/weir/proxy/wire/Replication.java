package dev.weir.proxy.wire;

import java.util.Locale;
import java.util.Map;

/// What a connection speaks beside SQL, by the startup parameter `replication` ("Streaming Replication Protocol").
public enum Replication {
    /// Nothing: an ordinary session.
    NONE,
    /// Replication commands only: the server is asked for its files and its WAL as they are.
    PHYSICAL,
    /// Replication commands and SQL in one database.
    LOGICAL;

    /// The shortest beginnings that PostgreSQL takes for a boolean.
    private static final Map<String, Boolean> WORDS = Map.of(
            "true", true, "yes", true, "on", true, "1", true, "false", false, "no", false, "off", false, "0", false);

    /// As PostgreSQL reads the parameter: `database`, or a boolean, which may be cut short.
    ///
    /// @param parameters of the startup packet
    /// @throws ProtocolViolation if it is neither
    public static Replication of(Map<String, String> parameters) {
        String value = parameters.get("replication");
        if (value == null) {
            return NONE;
        }
        if (value.equals("database")) {
            return LOGICAL;
        }
        String given = value.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Boolean> word : WORDS.entrySet()) {
            // "o" could be on or off
            if (!given.isEmpty() && !given.equals("o") && word.getKey().startsWith(given)) {
                return word.getValue() ? PHYSICAL : NONE;
            }
        }
        throw new ProtocolViolation(PgError.fatal(
                        SqlState.INVALID_PARAMETER_VALUE,
                        "invalid value for parameter \"replication\": \"" + value + "\"")
                .withHint("Valid values are: \"false\", 0, \"true\", 1, \"database\"."));
    }

    /// As log lines and the console write it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
