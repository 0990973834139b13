package dev.weir.proxy.relay;

/** Wants to know what rows the answer to a Describe tells of. Noted in place of an {@link Undo}. */
public interface Described extends Undo {

    /**
     * PostgreSQL has answered. Called on the event loop.
     *
     * @param shape stands for names and types of the columns, see {@link dev.weir.proxy.wire.RowShape}
     */
    void onDescribed(int shape);
}
