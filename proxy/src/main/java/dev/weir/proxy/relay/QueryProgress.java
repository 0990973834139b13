package dev.weir.proxy.relay;

import org.jspecify.annotations.Nullable;

/** Follows a Query whose text the server has got in other words. Noted in place of an {@link Undo}. */
public interface QueryProgress extends Undo {

    /** One more of its statements has come to its end. Called on the event loop. */
    void onCommandComplete();

    /**
     * Where in the client's own text something is.
     *
     * @param sent where it is in what the server got, in characters, counted from 1
     */
    int position(int sent);

    /** What the text calls the statement that the server knows by this name; both as Latin-1. Null for nothing. */
    default @Nullable String nameOf(String serverName) {
        return null;
    }
}
