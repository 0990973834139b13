package dev.weir.config;

import java.util.Locale;

/// The facility under which log lines go to syslog (RFC 5424, section 6.2.1).
public enum SyslogFacility implements Choice {
    AUTH(4),
    AUTHPRIV(10),
    DAEMON(3),
    USER(1),
    LOCAL0(16),
    LOCAL1(17),
    LOCAL2(18),
    LOCAL3(19),
    LOCAL4(20),
    LOCAL5(21),
    LOCAL6(22),
    LOCAL7(23);

    private final int code;

    SyslogFacility(int code) {
        this.code = code;
    }

    /// The facility's number; a message's priority is this times eight plus the severity.
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
