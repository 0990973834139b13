package dev.weir.proxy.statement;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's error for a statement that gives other rows than when it was prepared. A server to which the statement is new
 * cannot know, so it is made to raise the error; drivers recognize it by more than can be raised, so that is added on the way.
 */
public final class PlanChanged {

    private static final char ROUTINE = 'R';
    private static final char WHERE = 'W';
    private static final char FILE = 'F';
    private static final char CONSTRAINT = 'n';
    private static final String MARK = "weir_plan_changed";
    private static final String MESSAGE = "cached plan must not change result type";

    /** A statement that raises it. */
    public static final String SQL = "DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''0A000'', CONSTRAINT = ''" + MARK
            + "'', MESSAGE = ''" + MESSAGE + "''; END'";

    private PlanChanged() {}

    /** Whether {@link #SQL} has raised this error. */
    public static boolean isRaisedBy(PgError error) {
        return MARK.equals(error.others().get(CONSTRAINT)) && error.is(SqlState.FEATURE_NOT_SUPPORTED);
    }

    /** Whether PostgreSQL itself has refused a statement, because tables have changed without a word of it passing here. */
    public static boolean isFound(PgError error) {
        return error.is(SqlState.FEATURE_NOT_SUPPORTED)
                && "RevalidateCachedQuery".equals(error.others().get(ROUTINE))
                && isOfClient(error.others().get(WHERE));
    }

    /** Whether the statement is the client's, and not one within a function that it executes, which may have done more. */
    private static boolean isOfClient(@Nullable String where) {
        // log_parameter_max_length_on_error adds what was bound
        return where == null || where.startsWith("unnamed portal ") || where.startsWith("portal ");
    }

    /** What the client is told, as PostgreSQL says it. */
    public static PgError error() {
        return new PgError(
                PgError.Severity.ERROR,
                SqlState.FEATURE_NOT_SUPPORTED.code(),
                MESSAGE,
                null,
                null,
                Map.of(FILE, "plancache.c", ROUTINE, "RevalidateCachedQuery"));
    }
}
