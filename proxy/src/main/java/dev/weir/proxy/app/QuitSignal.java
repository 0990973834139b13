package dev.weir.proxy.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes SIGQUIT ours. HotSpot keeps it for thread dumps and lets no Java program handle it, and a native handler
/// cannot
/// be written in Java: it would run Java code wherever a thread happens to be.
///
/// But a signal handler is a C function that takes the signal's number, and `close` is one too: with `close` as the
/// handler, SIGQUIT (3) closes descriptor 3, which is the write end of a pipe, and the thread that reads the other end
/// wakes up. The launcher keeps descriptor 3 free for this and says so in the system property [#RESERVED]; without it
/// SIGQUIT stays with HotSpot.
final class QuitSignal {

    /// Set when descriptor 3 is ours to use.
    static final String RESERVED = "weir.descriptor3";

    private static final Logger LOGGER = LoggerFactory.getLogger(QuitSignal.class);
    private static final int SIGQUIT = 3;

    private QuitSignal() {}

    /// Runs `action` once, on a thread of its own, when SIGQUIT comes.
    static void handle(Runnable action) {
        if (!Boolean.getBoolean(RESERVED)) {
            LOGGER.debug("SIGQUIT stays with the JVM: descriptor 3 is not reserved");
            return;
        }
        int readEnd = Posix.pipeTo(SIGQUIT);
        Thread.ofPlatform().name("SIGQUIT").daemon().start(() -> {
            Posix.awaitPipe(readEnd);
            action.run();
        });
        Posix.closeDescriptorOnSignal(SIGQUIT);
    }
}
