package dev.weir.proxy.authquery;

import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.wire.PgError;
import org.jspecify.annotations.Nullable;

/** What came of asking for a user's secret. Immutable. */
public sealed interface AuthAnswer {

    /**
     * There is such a user.
     *
     * @param user the name in the answer, which counts from here on
     * @param secret what is stored of the password; fits nothing if the answer has none
     */
    record Found(String user, StoredSecret secret) implements AuthAnswer {}

    /** There is none. */
    record NoSuchUser() implements AuthAnswer {}

    /**
     * Nobody knows.
     *
     * @param reason for the log
     * @param error PostgreSQL's word if it lets the asker in no more, else null
     */
    record Failed(String reason, @Nullable PgError error) implements AuthAnswer {}
}
