package dev.weir.proxy.server;

import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL for the functions of a database whose use changes the session, and for what calls them: other functions,
 * tables with triggers, views, column defaults. Bodies in SQL and procedural languages are searched for the words that do so;
 * functions in C cannot be looked into.
 *
 * <p>Confined to the event loop of the server that is asked; one object for one question.
 */
public final class FunctionSurvey {

    /** More names than a text should be compared with: where there are more, every text counts as one with such a name. */
    private static final int NAMES_MAX = 4096;

    private static final String LOCAL_SETTINGS = "SELECT pg_catalog.set_config('search_path','pg_catalog',true),"
            + "pg_catalog.set_config('statement_timeout','10s',true);";

    /** To compile the long question takes longer than to answer it. Versions before 11 never do. */
    private static final String NOT_COMPILED =
            "SELECT set_config(name,'off',true) FROM pg_settings WHERE name = 'jit';";

    /** Whatever changes when somebody defines a function or what may call one. */
    private static final String FINGERPRINT = """
        SELECT 'f', hashtextextended(concat(
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_trigger), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_rewrite WHERE oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_attrdef), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_policy), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_constraint
            WHERE contype = 'c' AND oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || relname, ',' ORDER BY oid) FROM pg_class
            WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't'), '/',
          (SELECT string_agg(inhrelid::text || ':' || inhparent::text, ',' ORDER BY inhrelid) FROM pg_inherits)), 0)::text, '';
        """;

    /** Blanks and comments. */
    private static final String GAP = "([[:space:]]|--[^\n]*|/[*]([^*]|[*]+[^*/])*[*]+/)*";

    /** What stands in every body that {@link #CALLS_THAT_CHANGE} or {@link #COMMANDS} find something in, found faster. */
    private static final String HINTS = "set_config|advisory_|temp|hold|pg_settings|:funcid"
            + "|(^|[;${(''\">/]|\n|begin|then|else|loop)[[:space:]]*"
            + "(set|reset|listen|unlisten|prepare|deallocate|load)[[:space:]]";

    private static final String CALLS_THAT_CHANGE = "set_config|pg_(try_)?advisory_(lock|unlock)"
            + "|(create|local|global|into|table|replace)[[:space:]]+(temp|temporary)[[:>:]]|pg_temp"
            + "|with[[:space:]]+hold[[:>:]]|update[[:space:]]+(pg_catalog[.])?pg_settings";

    /** Where a statement begins, in a body or in a string that is executed. */
    private static final String BEGINNING = "((^|[;${(]|>>|[[:<:]](begin|then|else|loop)[[:>:]])" + GAP + "|[''\"])";

    private static final String COMMANDS = BEGINNING + "(set[[:space:]]+(?!(local|transaction|constraints)[[:>:]])"
            + "|(reset|listen|unlisten|prepare|deallocate|load)[[:space:]])";

    private static final String LOADS = BEGINNING + "load[[:space:]]";

    /** What lasts until the end of the transaction only. */
    private static final String LOCAL_CALLS =
            "set_config[[:space:]]*[(]([^;()]|[(][^()]*[)])*,[[:space:]]*true[[:space:]]*[)]";

    /** A body that PostgreSQL keeps parsed shows the functions that it calls by their numbers. */
    private static final String PARSED_BODIES = """
        parsed(pattern) AS (SELECT concat(':funcid (', string_agg(oid::text, '|'), ') ') FROM pg_proc
          WHERE oid < 16384 AND proname ~ '^(set_config|pg_(try_)?advisory_(lock|lock_shared|unlock.*))$')
        """;

    private static final String CUSTOM = "(?:set|session|set_config[[:space:]]*[(])[[:space:]]*[''\"]*"
            + "([[:alpha:]_][[:alnum:]_$]*\"?[.]\"?[[:alpha:]_][[:alnum:]_$.]*)";

    private static final String COMPUTED =
            "execute|set_config[[:space:]]*[(][[:space:]]*[^''[:space:]]|''[[:space:]]*set[[:space:]]+[''%]";

    /** Names of settings that PostgreSQL can be asked for as they stand. */
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_$]{1,63}+(?:\\.[a-z0-9_$]{1,63}+)++");

    /** From what is called to what calls it. */
    private static final String CALLS = """
        words(caller, word) AS (SELECT o.oid, w FROM own o,
          regexp_split_to_table(lower(o.body), '[^[:alnum:]_$]+') AS w
          WHERE w IN (SELECT name FROM own UNION ALL SELECT lower(relname) FROM pg_class WHERE oid >= 16384)),
        calls(to_class, to_oid, from_class, from_oid) AS (
          SELECT 'pg_proc'::regclass::oid, o.oid, 'pg_proc'::regclass::oid, w.caller
            FROM words w JOIN own o ON o.name = w.word
          UNION ALL SELECT 'pg_class'::regclass::oid, c.oid, 'pg_proc'::regclass::oid, w.caller
            FROM words w JOIN pg_class c ON lower(c.relname) = w.word
            WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_class'::regclass::oid, r.ev_class
            FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_class'::regclass::oid, t.tgrelid
            FROM pg_depend d JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid
            WHERE d.refclassid = 'pg_proc'::regclass
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_class'::regclass::oid, a.adrelid
            FROM pg_depend d JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
            WHERE d.refclassid = 'pg_proc'::regclass
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_class'::regclass::oid, c.conrelid
            FROM pg_depend d JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND d.objid = c.oid
            WHERE d.refclassid = 'pg_proc'::regclass AND c.conrelid <> 0
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_class'::regclass::oid, p.polrelid
            FROM pg_depend d JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            WHERE d.refclassid = 'pg_proc'::regclass
          UNION ALL SELECT d.refclassid, d.refobjid, d.classid, d.objid
            FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid >= 16384
          UNION ALL SELECT 'pg_class'::regclass::oid, inhrelid, 'pg_class'::regclass::oid, inhparent FROM pg_inherits
          UNION ALL SELECT 'pg_class'::regclass::oid, conrelid, 'pg_class'::regclass::oid, confrelid
            FROM pg_constraint WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd'))),
        suspects(class, oid, loads) AS (
          SELECT 'pg_proc'::regclass::oid, oid, loads FROM sources
          UNION SELECT c.from_class, c.from_oid, s.loads
            FROM suspects s JOIN calls c ON c.to_class = s.class AND c.to_oid = s.oid)
        """;

    private static final String SEARCH = "WITH RECURSIVE " + PARSED_BODIES
            + ",own(oid, name, body) AS (SELECT p.oid, lower(p.proname),"
            + " CASE WHEN p.prosrc = '' THEN coalesce(to_json(p)->>'prosqlbody', '') ELSE p.prosrc END"
            + " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            + " WHERE p.oid >= 16384 AND l.lanname NOT IN ('internal', 'c'))"
            + ",candidates(oid, body) AS (SELECT oid, body FROM own WHERE body ~* '" + HINTS + "')"
            + ",sources(oid, body, loads) AS (SELECT oid, body, body ~* '" + LOADS + "' FROM candidates"
            + " WHERE regexp_replace(body, '" + LOCAL_CALLS + "', '', 'gi') ~* '" + CALLS_THAT_CHANGE + "'"
            + " OR body ~* '" + COMMANDS + "' OR body ~ (SELECT pattern FROM parsed))," + CALLS
            + "(SELECT 'n', lower(coalesce(p.proname, c.relname)::text), bool_or(s.loads)::text FROM suspects s"
            + " LEFT JOIN pg_proc p ON s.class = 'pg_proc'::regclass AND p.oid = s.oid"
            + " LEFT JOIN pg_class c ON s.class = 'pg_class'::regclass AND c.oid = s.oid"
            + " WHERE p.oid IS NOT NULL OR c.oid IS NOT NULL GROUP BY 2 LIMIT " + (NAMES_MAX + 1) + ")"
            + " UNION ALL (SELECT DISTINCT 's', lower(replace(m[1], '\"', '')), '' FROM sources,"
            + " regexp_matches(body, '" + CUSTOM + "', 'gi') AS m LIMIT 64)"
            + " UNION ALL (SELECT 'c', '', '' FROM sources WHERE body ~* '" + COMPUTED + "' LIMIT 1)";

    /** Is told how it ended. */
    public interface Listener {

        /**
         * The server has answered.
         *
         * @param failure why there is no answer, null if there is one
         */
        void onSurveyed(FunctionSurvey survey, @Nullable PgError failure);

        /** The connection was lost before there was an answer. */
        void onLost(FunctionSurvey survey);
    }

    private final Listener listener;
    private final String before;
    private final Set<String> names = new TreeSet<>();
    private final Set<String> loading = new TreeSet<>();
    private final Set<String> custom = new TreeSet<>();
    private boolean complete = true;
    private String fingerprint = "";
    private boolean interrupted;

    /**
     * @param before the fingerprint of the last survey: then it is only asked whether that is still right; empty to look for
     *     functions
     */
    public FunctionSurvey(Listener listener, String before) {
        this.listener = listener;
        this.before = before;
    }

    /** The question. The session may be in any state that a client may leave it in, its settings included. */
    String sql() {
        return LOCAL_SETTINGS + (isBrief() ? FINGERPRINT : NOT_COMPILED + FINGERPRINT + SEARCH);
    }

    /** Whether it is only asked whether anything has changed. */
    public boolean isBrief() {
        return !before.isEmpty();
    }

    /** Takes the body of a DataRow. */
    void onRow(ByteBuf in, int start, int length) {
        FieldReader body = new FieldReader(in, start, length);
        if (body.count() != 3) {
            return; // the settings
        }
        String kind = column(body);
        String name = column(body);
        String more = column(body);
        switch (kind) {
            case "f" -> fingerprint = name;
            case "s" -> addCustom(name);
            case "c" -> complete = false;
            default -> {
                names.add(name);
                if (more.equals("true")) {
                    loading.add(name);
                }
            }
        }
    }

    private void addCustom(String name) {
        if (PLAIN.matcher(name).matches()) {
            custom.add(name);
        } else {
            complete = false;
        }
    }

    /** As many characters as bytes where it is not ASCII, which is all that matters. */
    private static String column(FieldReader body) {
        int length = body.int32();
        return length < 0 ? "" : new String(body.bytes(length), StandardCharsets.ISO_8859_1);
    }

    /** The server has answered. */
    void end(@Nullable PgError failure) {
        listener.onSurveyed(this, failure);
    }

    /** The server has gone. */
    void lose() {
        listener.onLost(this);
    }

    /** Somebody needs the server more. */
    void interrupt() {
        interrupted = true;
    }

    /** Whether it was given up for the sake of clients. */
    public boolean isInterrupted() {
        return interrupted;
    }

    /** Whether nothing has been defined since the survey before. */
    public boolean isUnchanged() {
        return fingerprint.equals(before);
    }

    /** What to give to the next one. */
    public String fingerprint() {
        return fingerprint;
    }

    /** What was found. */
    public SuspectNames found() {
        MentionedSettings settings = new MentionedSettings(Set.copyOf(custom), Set.of(), complete, true);
        return names.size() > NAMES_MAX ? SuspectNames.ANY : SuspectNames.of(names, loading, settings);
    }
}
