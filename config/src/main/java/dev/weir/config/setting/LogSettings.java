package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.SyslogFacility;

/// What is logged, and where to.
public final class LogSettings {
    static final SettingTable TABLE = new SettingTable("Log");

    public static final Setting<String> LOGFILE = global("logfile", ValueTypes.PATH, "")
            .doc(
                    TABLE,
                    "The file that log lines are appended to, opened anew at RELOAD so that it can be rotated. "
                            + "Standard error gets them as well unless `-q` or `-d` is given.");
    public static final Setting<Boolean> SYSLOG =
            global("syslog", ValueTypes.BOOLEAN, false).since("1.2").doc(TABLE, "Send log lines to syslog.");
    public static final Setting<SyslogFacility> SYSLOG_FACILITY = global(
                    "syslog_facility", ValueTypes.choice(SyslogFacility.class), SyslogFacility.DAEMON)
            .since("1.2")
            .doc(TABLE, "The facility of lines sent to syslog.");
    public static final Setting<String> SYSLOG_IDENT = global("syslog_ident", ValueTypes.TEXT, "pgbouncer")
            .since("1.4")
            .doc(TABLE, "The program's name in lines sent to syslog.");
    public static final Setting<Boolean> LOG_CONNECTIONS =
            global("log_connections", ValueTypes.BOOLEAN, true).since("1.0.3").doc(TABLE, "Log logins.");
    public static final Setting<Boolean> LOG_DISCONNECTIONS = global("log_disconnections", ValueTypes.BOOLEAN, true)
            .since("1.0.3")
            .doc(TABLE, "Log why connections are closed.");
    public static final Setting<Boolean> LOG_POOLER_ERRORS = global("log_pooler_errors", ValueTypes.BOOLEAN, true)
            .since("1.0.3")
            .doc(TABLE, "Log the errors that clients are sent.");
    public static final Setting<Boolean> LOG_PINS = global("log_pins", ValueTypes.BOOLEAN, true)
            .weir()
            .doc(TABLE, "Log when a client begins to keep its server between transactions, and why, and when it ends.");
    public static final Setting<Boolean> LOG_STATS = global("log_stats", ValueTypes.BOOLEAN, true)
            .since("1.11")
            .doc(TABLE, "Log a line of statistics each `stats_period`.");
    public static final Setting<Integer> VERBOSE = global("verbose", ValueTypes.COUNT, 0)
            .doc(
                    TABLE,
                    "How much is logged: 0 what an operator acts on, 1 also debugging, 2 and more noise. `-v` on the "
                            + "command line adds one.");

    private LogSettings() {}
}
