package dev.weir.proxy.auth.pam;

import dev.weir.proxy.auth.PasswordService;
import dev.weir.proxy.auth.PasswordService.Verdict;
import dev.weir.proxy.auth.PasswordWorkers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks PAM, on threads of its own: one unless told otherwise, for not all modules bear to be called by several.
/// Thread-safe.
public final class PamService {
    private static final Logger LOGGER = LoggerFactory.getLogger(PamService.class);

    private final PasswordWorkers workers;

    /// With the usual number of places in line.
    public PamService() {
        this(PasswordWorkers.LINE_MAX);
    }

    PamService(int lineMax) {
        workers = new PasswordWorkers("weir-pam", 1, lineMax);
    }

    /// Why PAM cannot be used on this machine, or null if it can.
    public static @Nullable String obstacle() {
        return PamLibrary.obstacle();
    }

    /// Asks a service.
    ///
    /// @param service its name; with a slash in it, the file that describes it
    /// @param atATime how many passwords may be asked about at once, from now on
    public PasswordService with(String service, int atATime) {
        workers.resize(atATime);
        return (claim, answer) -> workers.ask(() -> check(service, claim), answer);
    }

    private static Verdict check(String service, PasswordService.Claim claim) {
        String obstacle = PamLibrary.obstacle();
        if (obstacle != null) {
            LOGGER.error("{}", obstacle);
            return Verdict.UNAVAILABLE;
        }
        String refusal = new PamTransaction(service, claim).run();
        if (refusal != null) {
            LOGGER.info("PAM service {} refuses user {}: {}", service, claim, refusal);
        }
        return refusal == null ? Verdict.RIGHT : Verdict.WRONG;
    }

    /// Ends the threads.
    public void close() {
        workers.close();
    }
}
