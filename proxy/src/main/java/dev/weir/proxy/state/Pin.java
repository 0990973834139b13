package dev.weir.proxy.state;

/**
 * Why a client keeps its server beyond a transaction: session state that can be neither carried to another server nor
 * rebuilt there.
 *
 * @param detail what it is about, for people to read: names of tables, numbers of locks; no secrets
 */
public record Pin(Reason reason, String detail) {

    /** Kinds of state that live in one session of PostgreSQL only. */
    public enum Reason {
        /** Session-level advisory locks. */
        ADVISORY_LOCK("advisory lock"),
        /** Tables, views or sequences in the session's own schema. */
        TEMPORARY_TABLE("temporary table"),
        /** Functions or types there. */
        TEMPORARY_OBJECT("temporary function or type"),
        /** Cursors declared WITH HOLD. */
        CURSOR("cursor with hold"),
        /** Statements prepared where their names could not be followed. */
        PREPARED_STATEMENT("prepared statement"),
        /** A shared library loaded with LOAD; it stays as long as the connection. */
        LIBRARY("loaded library"),
        /** A setting whose value cannot be carried. */
        SETTING("setting"),
        /** Channels that the server listens on, since nobody saw or understood the LISTEN. */
        LISTEN("listening"),
        /** {@code pin = always}. */
        CONFIGURED("pin = always"),
        /** The session could not be asked what it holds. */
        UNKNOWN("unknown state");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** As operators read it. */
        public String words() {
            return words;
        }
    }

    /** As operators read it. */
    @Override
    public String toString() {
        return detail.isEmpty() ? reason.words() : reason.words() + " (" + detail + ")";
    }
}
