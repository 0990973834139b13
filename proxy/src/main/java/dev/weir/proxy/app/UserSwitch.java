package dev.weir.proxy.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives up root for the user that the configuration or `-u` names, before any file or socket is made.
public final class UserSwitch {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserSwitch.class);

    private UserSwitch() {}

    /// Whether this process has the rights of root.
    public static boolean isRoot() {
        return Posix.effectiveUserId() == 0;
    }

    /// Becomes `name`; nothing happens when this process already is that user.
    ///
    /// @throws StartupFailed if there is no such user, or the system refuses
    public static void become(String name) throws StartupFailed {
        Posix.User user =
                Posix.user(name).orElseThrow(() -> new StartupFailed("user \"%s\" does not exist".formatted(name)));
        if (user.uid() == Posix.effectiveUserId()) {
            return;
        }
        if (!isRoot()) {
            throw new StartupFailed("cannot switch to user \"%s\": only root can".formatted(name));
        }
        try {
            Posix.become(user);
        } catch (Posix.CallFailed e) {
            throw new StartupFailed("cannot switch to user \"%s\": %s".formatted(name, e.getMessage()), e);
        }
        LOGGER.debug("running as user {} (uid {}, gid {})", name, user.uid(), user.gid());
    }
}
