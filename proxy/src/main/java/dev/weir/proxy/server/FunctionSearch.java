package dev.weir.proxy.server;

/** The questions of {@link FunctionSurvey} in SQL. */
final class FunctionSearch {

    private static final String LOCAL_SETTINGS = "SELECT pg_catalog.set_config('search_path','pg_catalog',true),"
            + "pg_catalog.set_config('statement_timeout','10s',true);";

    /** To compile the long question takes longer than to answer it. Versions before 11 never do. */
    private static final String NOT_COMPILED =
            "SELECT set_config(name,'off',true) FROM pg_settings WHERE name = 'jit';";

    /** Whatever changes when somebody defines a function or what may call one. */
    private static final String VERSIONS = """
        SELECT 'f', hashtextextended(concat(
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_trigger), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_rewrite WHERE oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_attrdef), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_type
            WHERE typtype = 'd' AND oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_policy), '/',
          (SELECT string_agg(oid::text || ':' || xmin::text, ',' ORDER BY oid) FROM pg_constraint
            WHERE contype = 'c' AND oid >= 16384), '/',
          (SELECT string_agg(oid::text || ':' || relname, ',' ORDER BY oid) FROM pg_class
            WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't'), '/',
          (SELECT string_agg(inhrelid::text || ':' || inhparent::text, ',' ORDER BY inhrelid) FROM pg_inherits)), 0)::text, ''
        UNION ALL SELECT 'm', (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true), '0')::int)::text, '';
        """;

    /** Blanks and comments. */
    private static final String GAP = "([[:space:]]|--[^\n]*|/[*]([^*]|[*]+[^*/])*[*]+/)*";

    /** What stands in every body that {@link #CALLS_THAT_CHANGE} or {@link #COMMANDS} find something in, found faster. */
    private static final String HINTS = "set_config|advisory_|temp|hold|pg_settings|execute|spi_"
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

    /** With what an executed string may begin that changes nothing of the session, unless other words in it show it. */
    private static final String HARMLESS = "([(]*(format|concat)[[:space:]]*[(])?[[:space:]]*[erf]?[''\"]+[[:space:]]*"
            + "(select|insert|update|delete|merge|with|create|alter|drop|truncate|analyze|vacuum|refresh|grant|revoke"
            + "|comment|copy|lock|reindex|cluster|explain|values)[[:>:]]";

    /** SQL that is not written in the body. */
    private static final String DYNAMIC =
            "[[:<:]](execute|plpy[.]cursor|spi_(exec|query)[a-z_]*)[[:space:]]*[(]?[[:space:]]*" + "(?!" + HARMLESS
                    + "|(function|procedure|on|privileges?)[[:>:]])[^[:space:](]";

    private static final String COMMENTS = "--[^\n]*|/[*].*?[*]/";

    /** A call under a name that is not written there. */
    private static final String UNNAMED =
            "set_config\"?[[:space:]]*[(][[:space:]]*([^''[:space:]]|''[^'']*''[[:space:]]*"
                    + "(::[[:space:]]*[a-z]+[[:>:]][[:space:]]*)?[^,:[:space:]])";

    /** What PostgreSQL keeps parsed shows the functions that it calls by their numbers. */
    private static final String PARSED = """
        parsed(pattern) AS (SELECT concat(':funcid (', string_agg(oid::text, '|'), ') ') FROM pg_proc
          WHERE oid < 16384 AND proname ~ '^(set_config|pg_(try_)?advisory_(lock|lock_shared|unlock.*))$'),
        writable(pattern) AS (SELECT concat(':relid ', 'pg_settings'::regclass::oid::text, ' '))
        """;

    /** What is kept parsed elsewhere, of what calls one of those functions or may write to the view of the settings. */
    private static final String EXPRESSIONS = """
        ,expressions(class, oid, body) AS (
          SELECT 'pg_class'::regclass::oid, adrelid, pg_get_expr(adbin, adrelid) FROM pg_attrdef, parsed
            WHERE adbin::text ~ pattern
          UNION ALL SELECT CASE conrelid WHEN 0 THEN 'pg_type'::regclass::oid ELSE 'pg_class'::regclass::oid END,
            CASE conrelid WHEN 0 THEN contypid ELSE conrelid END, pg_get_constraintdef(oid) FROM pg_constraint, parsed
            WHERE contype = 'c' AND oid >= 16384 AND conbin::text ~ pattern
          UNION ALL SELECT 'pg_type'::regclass::oid, oid, pg_get_expr(typdefaultbin, 0) FROM pg_type, parsed
            WHERE typtype = 'd' AND oid >= 16384 AND typdefaultbin::text ~ pattern
          UNION ALL SELECT 'pg_class'::regclass::oid, polrelid,
            concat(pg_get_expr(polqual, polrelid), ' ', pg_get_expr(polwithcheck, polrelid)) FROM pg_policy, parsed
            WHERE concat(polqual::text, polwithcheck::text) ~ pattern
          UNION ALL SELECT 'pg_class'::regclass::oid, ev_class, pg_get_ruledef(oid) FROM pg_rewrite, parsed
            WHERE oid >= 16384 AND concat(ev_qual::text, ev_action::text) ~ pattern
          UNION ALL SELECT 'pg_class'::regclass::oid, ev_class, 'update pg_settings' FROM pg_rewrite, writable
            WHERE oid >= 16384 AND ev_action::text ~ pattern
          UNION ALL SELECT 'pg_class'::regclass::oid, tgrelid, pg_get_triggerdef(oid) FROM pg_trigger, parsed
            WHERE tgqual::text ~ pattern)
        """;

    private static final String CUSTOM = "(?:set|session|set_config[[:space:]]*[(])[[:space:]]*[''\"]*"
            + "([[:alpha:]_][[:alnum:]_$]*\"?[.]\"?[[:alpha:]_][[:alnum:]_$.]*)";

    /** Also names that not everybody is shown. */
    private static final String COMPUTED =
            "execute|spi_|dynamic_library_path|session_preload_libraries|extension_control_path"
                    + "|set_config[[:space:]]*[(][[:space:]]*[^''[:space:]]|''[[:space:]]*set[[:space:]]+[''%]";

    /** From what is called to what calls it. */
    private static final String CALLS = """
        words(caller, word) AS (SELECT o.oid, w FROM own o,
          regexp_split_to_table(lower(o.body), '[^[:alnum:]_$]+') AS w
          WHERE w IN (SELECT name FROM own UNION ALL SELECT lower(relname) FROM pg_class WHERE oid >= 16384
            UNION ALL SELECT lower(typname) FROM pg_type WHERE oid >= 16384 AND typtype = 'd')),
        calls(to_class, to_oid, from_class, from_oid) AS (
          SELECT 'pg_proc'::regclass::oid, o.oid, 'pg_proc'::regclass::oid, w.caller
            FROM words w JOIN own o ON o.name = w.word
          UNION ALL SELECT 'pg_class'::regclass::oid, c.oid, 'pg_proc'::regclass::oid, w.caller
            FROM words w JOIN pg_class c ON lower(c.relname) = w.word
            WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          UNION ALL SELECT 'pg_type'::regclass::oid, t.oid, 'pg_proc'::regclass::oid, w.caller
            FROM words w JOIN pg_type t ON lower(t.typname) = w.word WHERE t.oid >= 16384 AND t.typtype = 'd'
          UNION ALL SELECT d.refclassid, d.refobjid, 'pg_type'::regclass::oid, c.contypid
            FROM pg_depend d JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND d.objid = c.oid
            WHERE d.refclassid = 'pg_proc'::regclass AND c.contypid <> 0
          UNION ALL SELECT d.refclassid, d.refobjid, d.classid, d.objid FROM pg_depend d
            WHERE d.classid = 'pg_type'::regclass AND d.objid >= 16384
              AND d.refclassid IN ('pg_proc'::regclass, 'pg_type'::regclass)
          UNION ALL SELECT d.refclassid, d.refobjid, d.classid, d.objid FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid >= 16384 AND d.refclassid = 'pg_type'::regclass
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
        suspects(class, oid, loads, unnamed) AS (
          SELECT class, oid, loads, unnamed FROM sources
          UNION SELECT c.from_class, c.from_oid, s.loads, s.unnamed
            FROM suspects s JOIN calls c ON c.to_class = s.class AND c.to_oid = s.oid)
        """;

    private static final String SEARCH = "WITH RECURSIVE " + PARSED
            + ",own(oid, name, body) AS (SELECT p.oid, lower(p.proname),"
            + " CASE WHEN p.prosrc = '' THEN pg_get_functiondef(p.oid) ELSE p.prosrc END"
            + " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            + " WHERE p.oid >= 16384 AND l.lanname NOT IN ('internal', 'c'))"
            + ",candidates(oid, body) AS (SELECT oid, body FROM own WHERE body ~* '" + HINTS + "')"
            + EXPRESSIONS
            + ",bodies(class, oid, body, stripped) AS (SELECT class, oid, body,"
            + " regexp_replace(body, '" + LOCAL_CALLS + "', '', 'gi') FROM (SELECT 'pg_proc'::regclass::oid, oid, body"
            + " FROM candidates UNION ALL SELECT class, oid, body FROM expressions) AS all_bodies(class, oid, body))"
            + ",sources(class, oid, body, loads, unnamed) AS (SELECT class, oid, body, body ~* '" + LOADS + "',"
            + " stripped ~* '" + UNNAMED + "' FROM bodies"
            + " WHERE stripped ~* '" + CALLS_THAT_CHANGE + "' OR body ~* '" + COMMANDS + "'"
            + " OR regexp_replace(body, '" + COMMENTS + "', '', 'g') ~* '" + DYNAMIC + "')," + CALLS
            + "(SELECT 'n', lower(coalesce(p.proname, c.relname, t.typname)::text),"
            + " concat(CASE WHEN bool_or(s.loads) THEN 'l' END, CASE WHEN bool_or(s.unnamed) THEN 'u' END)"
            + " FROM suspects s"
            + " LEFT JOIN pg_proc p ON s.class = 'pg_proc'::regclass AND p.oid = s.oid"
            + " LEFT JOIN pg_class c ON s.class = 'pg_class'::regclass AND c.oid = s.oid"
            + " LEFT JOIN pg_type t ON s.class = 'pg_type'::regclass AND t.oid = s.oid AND t.typtype = 'd'"
            + " WHERE coalesce(p.oid, c.oid, t.oid) IS NOT NULL GROUP BY 2 LIMIT " + (FunctionSurvey.NAMES_MAX + 1)
            + ")"
            + " UNION ALL (SELECT DISTINCT 's', lower(replace(m[1], '\"', '')), '' FROM sources,"
            + " regexp_matches(body, '" + CUSTOM + "', 'gi') AS m LIMIT 64)"
            + " UNION ALL (SELECT 'c', '', '' FROM sources WHERE body ~* '" + COMPUTED + "' LIMIT 1)";

    /** Tells whether anything has changed that matters. */
    static final String FINGERPRINT = LOCAL_SETTINGS + VERSIONS;

    /** The same, and what matters. */
    static final String ALL = LOCAL_SETTINGS + NOT_COMPILED + VERSIONS + SEARCH;

    private FunctionSearch() {}
}
