package dev.weir.proxy.state;

import org.jspecify.annotations.Nullable;

/** Writes the statements that turn the settings applied to a server into those of the client it is about to serve. */
public final class SettingsBatch {

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
        StringBuilder sql = new StringBuilder();
        if (applied == null) {
            sql.append("RESET ALL;");
        } else {
            applied.forEach((name, value) -> {
                if (wanted.find(name) == null) {
                    sql.append("RESET ").append(identifier(name)).append(';');
                }
            });
        }
        int before = sql.length();
        wanted.forEach((name, value) -> {
            if (applied == null || !value.equals(applied.find(name))) {
                sql.append(sql.length() == before ? "SELECT " : ",");
                sql.append("pg_catalog.set_config(");
                sql.append(literal(name)).append(',').append(literal(value)).append(",false)");
            }
        });
        return sql.isEmpty() ? null : sql.toString();
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

    /** A string constant that reads the same whatever standard_conforming_strings says. */
    static String literal(String value) {
        String quoted = "'" + value.replace("'", "''").replace("\\", "\\\\") + "'";
        return value.indexOf('\\') < 0 ? quoted : " E" + quoted;
    }
}
