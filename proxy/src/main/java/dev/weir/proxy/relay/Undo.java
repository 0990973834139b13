package dev.weir.proxy.relay;

/** Puts right what was noted in advance for a message that PostgreSQL then refused or skipped. */
@FunctionalInterface
public interface Undo {

    /**
     * Called on the event loop, at most once, when the expected answer turned into an error or will never come. Of several
     * messages refused together the last is undone first. Must not change the {@link Expectations}.
     */
    void undo();

    /** As {@link #undo}, where PostgreSQL has skipped the message: it was never looked at. */
    default void skip() {
        undo();
    }
}
