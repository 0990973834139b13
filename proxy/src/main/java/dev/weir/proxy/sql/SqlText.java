package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;

/// What is left of a SQL text without the things around it that make no difference. Thread-safe.
public final class SqlText {
    private SqlText() {}

    /// The range of a text without the comments, blanks and semicolons before its first token and behind its last
    /// one, so that the comments of tracers do not make another statement of it. A comment for an optimiser is part
    /// of the text. A text whose end is not understood is left as it is.
    ///
    /// Allocates nothing. Where the text is scanned anyway, [SqlScan#core] has the answer already.
    ///
    /// @return take it apart with [#start] and [#length]
    public static long core(ByteBuf in, int start, int length, SqlDialect dialect) {
        return SqlScanner.scan(in, start, length, dialect).core();
    }

    static long pack(int start, int length) {
        return ((long) start << Integer.SIZE) | length;
    }

    /// Where the range begins, counted from the start of the text.
    public static int start(long core) {
        return (int) (core >>> Integer.SIZE);
    }

    /// How many bytes it has.
    public static int length(long core) {
        return (int) core;
    }
}
