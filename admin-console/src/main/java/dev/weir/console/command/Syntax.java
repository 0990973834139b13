package dev.weir.console.command;

/// The console's own commands besides `SHOW`: the one list from which help, error details and the reference page
/// follow.
public enum Syntax {
    /// Pause.
    PAUSE(
            "PAUSE [database]",
            "Assigns no more servers and answers when none is active any more. Breaking off the wait, or leaving,"
                    + " takes it back."),
    /// Resume.
    RESUME("RESUME [database]", "Ends PAUSE, SUSPEND, or what KILL left behind."),
    /// Suspend.
    SUSPEND(
            "SUSPEND",
            "Stops reading from clients, passes on what has arrived and answers then; after suspend_timeout closes"
                    + " clients that are in the way. Servers stay connected."),
    /// Reconnect.
    RECONNECT(
            "RECONNECT [database]",
            "Closes every server connection as soon as it is released, idle ones at once; new ones take their place."),
    /// Reload.
    RELOAD("RELOAD", "Reads the configuration anew: all of it or, if it has a problem, nothing."),
    /// Disable.
    DISABLE("DISABLE database", "Refuses new logins to a database; clients already there go on."),
    /// Enable.
    ENABLE("ENABLE database", "Admits logins to a database again."),
    /// Kill.
    KILL("KILL [database]", "Closes all clients and servers at once, and leaves the database paused."),
    /// KillClient.
    KILL_CLIENT("KILL_CLIENT id", "Closes one client, named by its id in SHOW CLIENTS."),
    /// WaitClose.
    WAIT_CLOSE("WAIT_CLOSE [database]", "Answers when no server is left that RECONNECT or RELOAD marked to be closed."),
    /// ResetQueries.
    RESET_QUERIES("RESET QUERIES", "Counts the statements of SHOW QUERIES from nothing; SHOW SLOW keeps what it has."),
    /// Shutdown.
    SHUTDOWN(
            "SHUTDOWN [WAIT_FOR_SERVERS | WAIT_FOR_CLIENTS | HANDED_OVER]",
            "Ends the process: at once, when no server is active any more, or when the last client has left."
                    + " HANDED_OVER is what a process started with -R orders: as WAIT_FOR_CLIENTS, and nobody new is"
                    + " listened to."),
    /// Set.
    SET("SET key = value", "Changes a setting until the next RELOAD.");

    private final String form;
    private final String meaning;

    Syntax(String form, String meaning) {
        this.form = form;
        this.meaning = meaning;
    }

    /// The command as one writes it.
    public String form() {
        return form;
    }

    /// What it does, for the reference page.
    public String meaning() {
        return meaning;
    }
}
