package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import java.time.Duration;
import java.util.List;

/// How server connections are kept clean, and which session state follows the client.
public final class ServerSettings {
    /// The value of `server_check_query` that stands for an empty simple query.
    public static final String EMPTY_CHECK_QUERY = "<empty>";

    static final SettingTable TABLE = new SettingTable("Server connections and session state");

    public static final Setting<String> SERVER_RESET_QUERY = global(
                    "server_reset_query", ValueTypes.QUERY, "DISCARD ALL")
            .since("1.1")
            .doc(
                    TABLE,
                    "The query that cleans a server connection when its client leaves in session pooling; empty "
                            + "for none.");
    public static final Setting<Boolean> SERVER_RESET_QUERY_ALWAYS = global(
                    "server_reset_query_always", ValueTypes.BOOLEAN, false)
            .since("1.7")
            .doc(TABLE, "Run `server_reset_query` in transaction and statement pooling too.");
    public static final Setting<String> SERVER_CHECK_QUERY = global(
                    "server_check_query", ValueTypes.QUERY, EMPTY_CHECK_QUERY)
            .doc(
                    TABLE,
                    "The query that proves an idle server connection alive before it is used again; `<empty>` "
                            + "sends an empty query, nothing at all switches the check off.");
    public static final Setting<Duration> SERVER_CHECK_DELAY = global(
                    "server_check_delay", ValueTypes.DURATION, Duration.ofSeconds(30))
            .doc(
                    TABLE,
                    "How long a server connection may have been idle without being checked before its next use; "
                            + "0 checks every time.");
    public static final Setting<Boolean> SERVER_FAST_CLOSE = global("server_fast_close", ValueTypes.BOOLEAN, false)
            .since("1.9")
            .doc(
                    TABLE,
                    "In session pooling, close a server connection that is to be renewed at the end of the running"
                            + " transaction, together with its client, instead of waiting for the client to leave.");
    public static final Setting<List<String>> TRACK_EXTRA_PARAMETERS = global(
                    "track_extra_parameters", ValueTypes.listOf("parameters"), List.of("IntervalStyle"))
            .since("1.20")
            .needsRestart()
            .differs("Has nothing to add: every parameter that PostgreSQL reports and a client may set follows it, "
                    + "listed here or not.")
            .doc(
                    TABLE,
                    "Parameters that follow the client from server to server, besides client_encoding,"
                            + " DateStyle, TimeZone, standard_conforming_strings and application_name.");
    public static final Setting<List<String>> IGNORE_STARTUP_PARAMETERS = global(
                    "ignore_startup_parameters", ValueTypes.listOf("parameters"), List.<String>of())
            .since("1.2")
            .doc(
                    TABLE,
                    "Startup parameters that are swallowed instead of being applied to the servers, without regard to "
                            + "case; `options` swallows an `options` that holds other switches than `-c name=value`. "
                            + "No setting has to be listed for a login to succeed.");
    public static final Setting<Boolean> APPLICATION_NAME_ADD_HOST = global(
                    "application_name_add_host", ValueTypes.BOOLEAN, false)
            .since("1.6")
            .doc(TABLE, "Append the client's address and port to the application_name it starts with.");

    private ServerSettings() {}
}
