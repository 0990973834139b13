package dev.weir.proxy.server;

import dev.weir.proxy.state.Pin;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.state.SettingsBatch;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.wire.FieldReader;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL itself what lives in a session between two transactions: whatever was rolled back, set by a function or
 * undone again, its own catalogs know. Each row is a kind, a name and a value.
 *
 * <p>Confined to the connection's event loop; one object for one question.
 */
final class SessionProbe {

    /** Timeouts by which PostgreSQL might put an end to the question itself; the most dangerous first. */
    private static final List<String> TIMEOUTS = List.of("statement_timeout", "lock_timeout");

    private static final String TRANSACTION_TIMEOUT = "transaction_timeout";
    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    /** Since when one may be allowed to set what else only superusers may. */
    private static final int PARAMETER_PRIVILEGES_SINCE = 15;

    private static final String OTHERS_SETTINGS =
            " FROM pg_catalog.pg_settings WHERE source OPERATOR(pg_catalog.=) 'session'"
                    // where a role begins as another one, none is a choice as well
                    + " UNION ALL SELECT 'r','role',CASE WHEN pg_catalog.current_setting('role')"
                    + " OPERATOR(pg_catalog.<>) 'none' OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting,"
                    + " pg_catalog.unnest(setconfig) AS of_role(choice) WHERE pg_catalog.left(choice,5)"
                    + " OPERATOR(pg_catalog.=) 'role=') THEN pg_catalog.current_setting('role') ELSE '' END UNION ALL"
                    + " SELECT 'a','session_authorization',session_user::pg_catalog.text";
    // pg_class has no index on the schema alone: it is read only where the session has such a schema
    private static final String TABLES = " UNION ALL (SELECT 't',relname::pg_catalog.text,'' FROM pg_catalog.pg_class"
            + " WHERE CASE WHEN pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.=) 0 THEN false"
            + " ELSE relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()"
            + " AND relkind OPERATOR(pg_catalog.=) ANY ('{r,v,S,p,f,m,c}'::\"char\"[]) END LIMIT 5)";
    private static final String FUNCTIONS = " UNION ALL (SELECT 'f',proname::pg_catalog.text,'' FROM pg_catalog.pg_proc"
            + " WHERE CASE WHEN pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.=) 0 THEN false"
            + " ELSE pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() END LIMIT 5)";
    private static final String TYPES = " UNION ALL (SELECT 'f',typname::pg_catalog.text,'' FROM pg_catalog.pg_type"
            + " WHERE CASE WHEN pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.=) 0 THEN false"
            + " ELSE typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()"
            + " AND typtype OPERATOR(pg_catalog.=) ANY ('{d,e,r}'::\"char\"[]) END LIMIT 5)";
    // text search configurations, collations and whatever else may lie in a schema
    private static final String OTHERS = " UNION ALL (SELECT 'f',classid::pg_catalog.regclass::pg_catalog.text,'' FROM"
            + " pg_catalog.pg_depend WHERE refclassid OPERATOR(pg_catalog.=)"
            + " 'pg_catalog.pg_namespace'::pg_catalog.regclass AND refobjid OPERATOR(pg_catalog.=)"
            + " pg_catalog.pg_my_temp_schema() AND classid OPERATOR(pg_catalog.<>) ALL"
            + " (ARRAY['pg_catalog.pg_class'::pg_catalog.regclass,"
            + "'pg_catalog.pg_proc'::pg_catalog.regclass,'pg_catalog.pg_type'::pg_catalog.regclass]::pg_catalog.oid[])"
            + " LIMIT 5)";
    private static final String CURSORS =
            " UNION ALL (SELECT 'c',name,'' FROM pg_catalog.pg_cursors WHERE is_holdable LIMIT 5)";
    private static final String STATEMENTS = " UNION ALL (SELECT 'p',name,'' FROM pg_catalog.pg_prepared_statements"
            + " WHERE pg_catalog.left(name," + PreparedStatement.NAME_PREFIX.length()
            + ") OPERATOR(pg_catalog.<>) '" + PreparedStatement.NAME_PREFIX + "' LIMIT 5)"
            + " UNION ALL SELECT 'o',pg_catalog.count(*)::pg_catalog.text,'' FROM pg_catalog.pg_prepared_statements"
            + " WHERE pg_catalog.left(name," + PreparedStatement.NAME_PREFIX.length()
            + ") OPERATOR(pg_catalog.=) '" + PreparedStatement.NAME_PREFIX + "'"
            // a name of ours may have been given to something else by SQL, never by the protocol
            + " UNION ALL SELECT 'q',name,pg_catalog.encode(pg_catalog.sha256(pg_catalog.decode(pg_catalog.replace("
            + "statement,pg_catalog.chr(92),pg_catalog.repeat(pg_catalog.chr(92),2)),'escape')),'hex')"
            + " FROM pg_catalog.pg_prepared_statements"
            + " WHERE from_sql AND pg_catalog.left(name," + PreparedStatement.NAME_PREFIX.length()
            + ") OPERATOR(pg_catalog.=) '" + PreparedStatement.NAME_PREFIX + "'";
    private static final String LOCKS = " UNION ALL SELECT 'l',pg_catalog.count(*)::pg_catalog.text,''"
            + " FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) 'advisory'"
            + " AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"
            + " HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0";

    private static final String CHANNELS =
            " UNION ALL (SELECT 'n',c,'' FROM pg_catalog.pg_listening_channels() AS c LIMIT 10000)";

    /** Listed like the others, but what they were in the last transaction means nothing for the next. */
    private static final Set<String> OF_THE_TRANSACTION =
            Set.of("transaction_isolation", "transaction_read_only", "transaction_deferrable");

    private final String loginUser;
    private final boolean superuser;
    private final int version;
    private final List<String> putOff;
    private final Map<String, String> timeouts = new HashMap<>();
    private final Map<String, String> settings = new TreeMap<>();
    /** Those of the settings whose value is also what a RESET brings. */
    private final Set<String> asAfterReset = new TreeSet<>();

    private final List<Pin> pins = new ArrayList<>();
    private final List<String> channels = new ArrayList<>();
    private final Map<String, String> preparedBySql = new HashMap<>();
    private int sharedStatements = -1;
    /** Something may be hidden from whom the session acts as. */
    private boolean hides;

    private boolean privileged;

    /**
     * @param loginUser as whom the server was logged in to
     * @param superuser whether that is one
     * @param version PostgreSQL's major version
     * @param stopped whether the question has been asked before, and was stopped
     */
    SessionProbe(String loginUser, boolean superuser, int version, boolean stopped) {
        this.loginUser = loginUser;
        this.superuser = superuser;
        this.version = version;
        this.putOff = putOff(version, stopped);
    }

    /** Whoever exceeds that of a transaction loses his connection. */
    private static List<String> putOff(int version, boolean stopped) {
        List<String> names = new ArrayList<>(stopped ? TIMEOUTS : List.of());
        if (version >= TRANSACTION_TIMEOUT_SINCE) {
            names.add(TRANSACTION_TIMEOUT);
        }
        return names;
    }

    /** The question in SQL; advisory locks cost a look at the whole server's lock table and are asked for only where it is due. */
    String sql(ServerSession.Question question) {
        StringBuilder sql = new StringBuilder(patience())
                .append(settings())
                .append(question.disguised() ? disguise() : "")
                .append(TABLES)
                .append(FUNCTIONS)
                .append(TYPES)
                .append(OTHERS)
                .append(CURSORS);
        if (question.statements()) {
            sql.append(STATEMENTS);
        }
        if (question.locks()) {
            sql.append(LOCKS);
        }
        if (question.channels()) {
            sql.append(CHANNELS);
        }
        for (String name : question.custom()) {
            String literal = SettingsBatch.literal(name);
            sql.append(" UNION ALL SELECT 's',").append(literal);
            sql.append(",pg_catalog.current_setting(")
                    .append(literal)
                    .append(",true) WHERE pg_catalog.current_setting(");
            sql.append(literal).append(",true) IS NOT NULL");
        }
        return sql.toString();
    }

    /**
     * A short statement in front of the question that takes the session's timeouts off it, and tells what they were. That
     * holds until the end of the implicit transaction that both are. Whether one was set to what a RESET brings cannot be
     * told then; one that has stopped the question was not.
     */
    private String patience() {
        StringJoiner sql = new StringJoiner(" UNION ALL ", "", ";").setEmptyValue("");
        for (String name : putOff) {
            sql.add("SELECT 'g','" + name + "',pg_catalog.current_setting('" + name + "')");
            sql.add("SELECT '','',pg_catalog.set_config('" + name + "','0',true)");
        }
        return sql.toString();
    }

    private String settings() {
        String timeout = "name OPERATOR(pg_catalog.=) ANY ('{" + String.join(",", putOff) + "}'::pg_catalog.text[])";
        String privileged = superuser ? "" : " WHEN context OPERATOR(pg_catalog.=) 'superuser' THEN " + privilege();
        return "SELECT CASE WHEN " + timeout + " THEN 'd'" + privileged
                + " WHEN setting OPERATOR(pg_catalog.=) reset_val THEN 'e' ELSE 's' END,name,CASE WHEN " + timeout
                + " THEN reset_val ELSE setting END" + OTHERS_SETTINGS;
    }

    private String privilege() {
        return version < PARAMETER_PRIVILEGES_SINCE
                ? "'u'"
                : "CASE WHEN pg_catalog.has_parameter_privilege(" + SettingsBatch.literal(loginUser)
                        + "::pg_catalog.name,name,'SET') THEN 'k' ELSE 'u' END";
    }

    /** Whether the session may have been a superuser's, and hides now what such may have set. */
    private String disguise() {
        return " UNION ALL SELECT 'h','','' WHERE NOT pg_catalog.pg_has_role('pg_read_all_settings','USAGE')"
                + " AND EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolsuper AND pg_catalog.pg_has_role("
                + SettingsBatch.literal(loginUser) + "::pg_catalog.name,oid,'MEMBER'))";
    }

    /** Takes the body of a DataRow. */
    void onRow(ByteBuf in, int start, int length) {
        FieldReader body = new FieldReader(in, start, length);
        if (body.count() != 3) {
            return;
        }
        String kind = column(body);
        String name = column(body);
        String value = column(body);
        if (kind == null || name == null || value == null) {
            pins.add(new Pin(Pin.Reason.SETTING, "not in UTF-8"));
            return;
        }
        switch (kind) {
            case "" -> {}
            case "g" -> timeouts.put(name, value);
            case "d" -> addTimeout(name, value);
            case "h" -> hides = true;
            case "k" -> {
                settings.put(name, value);
                privileged = true;
            }
            case "u" -> {
                settings.put(name, value);
                pins.add(new Pin(Pin.Reason.SETTING, name));
            }
            case "s" -> addSetting(name, value);
            case "e" -> {
                addSetting(name, value);
                asAfterReset.add(name.toLowerCase(Locale.ROOT));
            }
            case "r" -> {
                if (!value.isEmpty()) {
                    settings.put(name, value);
                }
            }
            case "a" -> {
                if (!value.equals(loginUser)) {
                    settings.put(name, value);
                }
            }
            case "n" -> channels.add(name);
            case "q" -> preparedBySql.put(name, value);
            case "o" -> sharedStatements = Integer.parseInt(name);
            case "t" -> pins.add(new Pin(Pin.Reason.TEMPORARY_TABLE, name));
            case "f" -> pins.add(new Pin(Pin.Reason.TEMPORARY_OBJECT, name));
            case "c" -> pins.add(new Pin(Pin.Reason.CURSOR, name));
            case "p" -> pins.add(new Pin(Pin.Reason.PREPARED_STATEMENT, name));
            default -> pins.add(new Pin(Pin.Reason.ADVISORY_LOCK, name));
        }
    }

    private void addSetting(String name, String value) {
        if (!OF_THE_TRANSACTION.contains(name)) {
            settings.put(name.toLowerCase(Locale.ROOT), value);
        }
    }

    /** A timeout that is not what it is after a RESET was set. */
    private void addTimeout(String name, String afterReset) {
        String was = timeouts.get(name);
        long milliseconds = was == null ? -1 : TimeoutValue.milliseconds(was);
        String value = milliseconds < 0 && was != null ? was : String.valueOf(milliseconds);
        if (was != null && !value.equals(afterReset)) {
            settings.put(name, value);
        }
    }

    /** What the rows have told. */
    SessionFacts facts(boolean complete) {
        return new SessionFacts(
                SessionSettings.of(settings),
                Set.copyOf(asAfterReset),
                complete && !hides,
                privileged,
                List.copyOf(pins),
                List.copyOf(channels));
    }

    /** How many of the statements that clients share are there; negative if it was not asked. */
    int sharedStatements() {
        return sharedStatements;
    }

    /** Of those that were prepared by SQL, a digest of the text by name. */
    Map<String, String> preparedBySql() {
        return preparedBySql;
    }

    /** A column's text, empty for NULL; null if it is not UTF-8. */
    private static @Nullable String column(FieldReader body) {
        int length = body.int32();
        if (length < 0) {
            return "";
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.bytes(length)))
                    .toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }
}
