package dev.weir.proxy.sql;

/// What is remembered of a name from one piece of a text to the next: its beginning, which is enough to tell whether it
/// is one that matters.
final class Carry {
    static final int MAX = 64;

    private final byte[] bytes = new byte[MAX];
    private int length;

    void clear() {
        length = 0;
    }

    void add(byte[] in, int from, int to) {
        int kept = kept();
        System.arraycopy(in, from, bytes, kept, Math.min(MAX - kept, to - from));
        length += to - from;
    }

    boolean isEmpty() {
        return length == 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int kept() {
        return Math.min(length, MAX);
    }
}
