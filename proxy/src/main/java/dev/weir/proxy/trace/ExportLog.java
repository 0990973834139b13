package dev.weir.proxy.trace;

import dev.weir.config.OtlpTarget;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the log tells of the way to the collector: not more often than once a minute that it fails, or why it
/// fails otherwise than before, and when it works again. For one thread at a time.
final class ExportLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(SpanExport.class);
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// Empty while all is well.
    private String told = "";

    private long toldNanos = System.nanoTime() - INTERVAL_NANOS;
    private long lostBefore;

    void onFailure(OtlpTarget target, SpanPost.Answer answer) {
        if (tells(String.valueOf(answer.failure()))) {
            LOGGER.warn("spans cannot be sent to {}: {}", target.address().getAuthority(), answer.failure());
        }
    }

    /// @param lost how many spans have not been sent since the process began
    void onTaken(OtlpTarget target, SpanPost.Answer answer, long lost) {
        if (answer.rejected() > 0) {
            if (tells("rejected: " + answer.message())) {
                LOGGER.warn(
                        "{} has rejected {} spans: {}",
                        target.address().getAuthority(),
                        answer.rejected(),
                        answer.message());
            }
        } else if (!told.isEmpty()) {
            told = "";
            LOGGER.info(
                    "spans are sent to {} again; {} were lost", target.address().getAuthority(), lost - lostBefore);
        }
        if (told.isEmpty()) {
            lostBefore = lost;
        }
    }

    /// Whether the log is to tell this now; remembers it then.
    private boolean tells(String what) {
        long nowNanos = System.nanoTime();
        if (what.equals(told) || nowNanos - toldNanos < INTERVAL_NANOS) {
            return false;
        }
        told = what;
        toldNanos = nowNanos;
        return true;
    }
}
