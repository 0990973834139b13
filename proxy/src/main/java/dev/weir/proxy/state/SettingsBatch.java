package dev.weir.proxy.state;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the statements that turn the settings applied to a server into those of the client it is about to serve. */
public final class SettingsBatch {

    /** Who one acts as decides what one may set, so these go first when they end and last when they begin. */
    private static final List<String> IDENTITIES = List.of("session_authorization", "role");

    private SettingsBatch() {}

    /**
     * One simple query: a RESET for each setting the next client does not have, and a single SELECT of
     * {@code set_config} calls for those it has. {@code set_config} takes values exactly as a startup packet does, lists
     * such as search_path included, which {@code SET name = 'value'} does not.
     *
     * @param applied what the server has, or null when that is not known
     * @return null when nothing differs
     */
    public static @Nullable String between(@Nullable SessionSettings applied, SessionSettings wanted) {
        return between(applied, wanted, "");
    }

    /**
     * As {@link #between}, but PostgreSQL ends the session if any of it is refused: what was sent behind it must not run under
     * the settings of somebody else, which a refusal would leave in force.
     */
    public static @Nullable String betweenOrEnd(@Nullable SessionSettings applied, SessionSettings wanted) {
        return between(applied, wanted, "SET LOCAL exit_on_error = on;");
    }

    private static @Nullable String between(
            @Nullable SessionSettings applied, SessionSettings wanted, String beforehand) {
        if (wanted.equals(applied)) {
            return null;
        }
        StringBuilder sql = new StringBuilder();
        boolean actsAsOther = applied == null || IDENTITIES.stream().anyMatch(name -> applied.find(name) != null);
        if (actsAsOther) {
            sql.append("RESET SESSION AUTHORIZATION;RESET ROLE;");
        }
        if (applied == null) {
            sql.append("RESET ALL;").append(beforehand);
        } else {
            sql.append(beforehand);
            applied.forEach((name, value) -> {
                if (wanted.find(name) == null && !IDENTITIES.contains(name)) {
                    sql.append("RESET ").append(identifier(name)).append(';');
                }
            });
        }
        int before = sql.length();
        wanted.forEach((name, value) -> {
            if (!IDENTITIES.contains(name) && (applied == null || !value.equals(applied.find(name)))) {
                call(sql, before, name, value);
            }
        });
        for (String name : IDENTITIES) {
            String value = wanted.find(name);
            if (value != null) {
                call(sql, before, name, value);
            }
        }
        return sql.length() == beforehand.length() ? null : sql.toString();
    }

    private static void call(StringBuilder sql, int before, String name, String value) {
        sql.append(sql.length() == before ? "SELECT " : ",");
        sql.append("pg_catalog.set_config(");
        sql.append(literal(name)).append(',').append(literal(value)).append(",false)");
    }

    /** A setting's name as RESET takes it: parts of a custom name are quoted one by one. */
    static String identifier(String name) {
        StringBuilder quoted = new StringBuilder(name.length() + 4);
        for (String part : name.split("\\.", -1)) {
            if (!quoted.isEmpty()) {
                quoted.append('.');
            }
            quoted.append('"').append(part.replace("\"", "\"\"")).append('"');
        }
        return quoted.toString();
    }

    /**
     * A string constant that reads the same whatever standard_conforming_strings and client_encoding say: what is not ASCII
     * is written as an escape.
     */
    public static String literal(String value) {
        if (value.chars().allMatch(c -> c < 0x80 && c != '\\')) {
            return "'" + value.replace("'", "''") + "'";
        }
        StringBuilder quoted = new StringBuilder(" E'");
        value.codePoints().forEach(c -> {
            switch (c) {
                case '\'' -> quoted.append("''");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c < 0x80) {
                        quoted.append((char) c);
                    } else {
                        quoted.append(String.format(Locale.ROOT, c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        return quoted.append('\'').toString();
    }
}
