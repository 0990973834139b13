package dev.weir.proxy.server;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.wire.PgError;

/**
 * PostgreSQL has refused the settings of a server's user, and has executed nothing of the user's; the link is over.
 *
 * @param readyOwed how many ReadyForQuery the user expects for what it has sent
 * @param batchOpen whether it has begun a batch behind that and not ended it by a Sync
 */
public record SettingsRefusal(PgError error, Kind kind, int readyOwed, boolean batchOpen) {

    /** What can be done about it. */
    public enum Kind {
        /** Nothing has been sent, and it is this server that stands in the way, or may be: it is closed. */
        ELSEWHERE,
        /** Nothing has been sent, and no other server will take them. */
        FINAL,
        /** What was sent behind the settings is lost with the server. */
        OVERTAKEN
    }

    static SettingsRefusal of(PgError error, Kind kind, Expectations owed) {
        return new SettingsRefusal(error, kind, owed.readyOwedToUser(), owed.needsSync());
    }
}
