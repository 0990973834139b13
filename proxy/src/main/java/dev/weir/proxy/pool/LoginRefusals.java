package dev.weir.proxy.pool;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;

/** Tells refusals that time may heal from those that it will not. */
public final class LoginRefusals {

    private LoginRefusals() {}

    /** Whether waiting for another answer is pointless: wrong password, no such database, no permission … */
    public static boolean areFinal(PgError error) {
        return !error.is(SqlState.CANNOT_CONNECT_NOW)
                && !error.is(SqlState.TOO_MANY_CONNECTIONS)
                && !error.is(SqlState.ADMIN_SHUTDOWN)
                && !error.is(SqlState.CRASH_SHUTDOWN);
    }
}
