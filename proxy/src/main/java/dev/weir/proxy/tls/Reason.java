package dev.weir.proxy.tls;

import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in a few words what a handshake or an engine has failed with. */
final class Reason {

    private static final int LENGTH_MAX = 200;
    private static final int DEPTH_MAX = 20;

    /** As BoringSSL words it: {@code error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE}. */
    private static final Pattern BORINGSSL = Pattern.compile("error:[0-9a-fA-F]+:[^:]*:[^:]*:(\\w+)");

    private Reason() {}

    /** The message of the innermost cause that has one, on one line. */
    static String of(Throwable failure) {
        if (failure instanceof ClosedChannelException) {
            return "the peer closed the connection";
        }
        String text = failure.getClass().getSimpleName();
        @Nullable Throwable at = failure;
        for (int depth = 0; at != null && depth < DEPTH_MAX; depth++) {
            String message = at.getMessage();
            if (message != null && !message.isBlank()) {
                text = message;
            }
            at = at.getCause();
        }
        Matcher boringSsl = BORINGSSL.matcher(text);
        if (boringSsl.find()) {
            text = boringSsl.group(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() > LENGTH_MAX ? line.substring(0, LENGTH_MAX) + "…" : line;
    }
}
