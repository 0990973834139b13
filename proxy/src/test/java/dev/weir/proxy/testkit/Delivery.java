package dev.weir.proxy.testkit;

import java.util.Random;

/// Into which pieces a client cuts what it sends.
@FunctionalInterface
public interface Delivery {

    /// How many of the `available` bytes go out next; `sent` have gone before.
    int nextCut(long sent, int available);

    /// Everything in one piece.
    static Delivery whole() {
        return (sent, available) -> available;
    }

    /// Two pieces, cut behind the byte of that number.
    static Delivery splitAt(long position) {
        return (sent, available) ->
                sent < position && sent + available > position ? (int) (position - sent) : available;
    }

    /// One byte at a time.
    static Delivery byteByByte() {
        return (sent, available) -> 1;
    }

    /// Pieces of 1 to `most` bytes.
    static Delivery random(Random random, int most) {
        return (sent, available) -> Math.min(available, 1 + random.nextInt(most));
    }
}
