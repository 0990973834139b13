package dev.weir.proxy.net;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers for clients and servers out of one sequence, as SHOW CLIENTS and SHOW SERVERS show them. Thread-safe. */
public final class ConnectionIds {

    private final AtomicLong last = new AtomicLong();

    /** A number as log lines and the {@code ptr} columns show it. */
    public static String shown(long id) {
        return String.format(Locale.ROOT, "0x%012x", id);
    }

    /** A number nobody else has or had. */
    public long next() {
        return last.incrementAndGet();
    }
}
