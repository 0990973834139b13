package dev.weir.proxy.sql;

/// What a SQL text may do to the session that runs it, as a set of bits. A bit that is set is a suspicion, one that is
/// not set is a promise: where the text alone cannot tell, the bit is set. What functions, triggers and rules do cannot
/// be seen in a text.
public final class Effects {
    /// May change a setting in a way that outlives the transaction.
    public static final int SETS = 1;

    /// Changes such a setting, but one whose value PostgreSQL always reports by ParameterStatus.
    public static final int SETS_REPORTED_ONLY = 1 << 1;

    /// Changes a setting until the end of the transaction.
    public static final int SETS_LOCAL = 1 << 2;

    /// DO, CALL or a name that only the server can read: may do anything.
    public static final int OPAQUE = 1 << 3;

    /// Calls a function that takes a session-level advisory lock.
    public static final int LOCKS = 1 << 4;

    /// Calls a function that gives one back.
    public static final int UNLOCKS = 1 << 5;

    /// Creates something temporary.
    public static final int TEMP = 1 << 6;

    /// Declares a cursor WITH HOLD.
    public static final int HOLDS = 1 << 7;

    /// LOAD.
    public static final int LOADS = 1 << 8;

    /// DROP, CLOSE or DISCARD: what has bound the session to its server may be gone.
    public static final int RELEASES = 1 << 9;

    /// PREPARE of a statement.
    public static final int PREPARES = 1 << 10;

    /// EXECUTE, also behind EXPLAIN and CREATE TABLE … AS.
    public static final int EXECUTES = 1 << 11;

    /// DEALLOCATE.
    public static final int DEALLOCATES = 1 << 12;

    /// DISCARD.
    public static final int DISCARDS = 1 << 13;

    /// LISTEN or UNLISTEN.
    public static final int LISTENS = 1 << 14;

    /// NOTIFY or a call of pg_notify.
    public static final int NOTIFIES = 1 << 15;

    /// Something after which a cached plan may have another result type.
    public static final int CHANGES_SCHEMA = 1 << 16;

    /// COMMIT, END or PREPARE TRANSACTION.
    public static final int ENDS_TRANSACTION = 1 << 17;

    /// BEGIN or START TRANSACTION.
    public static final int BEGINS = 1 << 18;

    /// ROLLBACK or ABORT of the whole transaction.
    public static final int ROLLS_BACK = 1 << 19;

    /// SAVEPOINT, RELEASE or ROLLBACK TO.
    public static final int SAVEPOINTS = 1 << 20;

    /// There is more than one statement in the text.
    public static final int MANY = 1 << 21;

    /// The text ends inside of a string, a quoted name or a comment, so that PostgreSQL will refuse it, or its end was
    /// not looked at.
    public static final int UNKNOWN_END = 1 << 22;

    /// An ordinary string constant has a backslash: where strings end depends on `standard_conforming_strings`. Who
    /// does
    /// not know for sure which value is in force when the server reads the text has to expect anything of it.
    public static final int BACKSLASHES = 1 << 23;

    /// ALTER ROLE or ALTER DATABASE … SET: sessions that begin later have other defaults.
    public static final int CHANGES_DEFAULTS = 1 << 24;

    /// Creates a temporary table, view or sequence that is not said to be dropped ON COMMIT.
    public static final int KEEPS_TEMP = 1 << 25;

    /// Calls pg_listening_channels.
    public static final int READS_CHANNELS = 1 << 26;

    /// Defines a function, a trigger, a rule or a view, or alters something: other texts may do more than before.
    public static final int DEFINES = 1 << 27;

    /// Has a name whose use may do anything to the session, by [SuspectNames].
    public static final int SUSPECT = 1 << 28;

    /// Executes something that is not part of the text, and that may LOAD.
    public static final int LOADS_WITHIN = 1 << 29;

    /// Calls currval or lastval.
    public static final int READS_SEQUENCES = 1 << 30;

    /// Sets, for longer than the transaction, what may be one of the application's own settings, under a name that only
    /// the server can tell.
    public static final int SETS_UNNAMED = 1 << 31;

    /// Every bit that stands for something done to the session: the answer where a text was not understood.
    public static final int ANYTHING = (1 << 22) - 1;

    private Effects() {}
}
