package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;

/// Finds out what a SQL text may do to its session, for a text that is completely there. Thread-safe.
public final class SqlScanner {
    private static final ThreadLocal<SqlScan> SCAN = ThreadLocal.withInitial(() -> new SqlScan(SqlDialect.USUAL));

    private SqlScanner() {}

    /// The effects of a text, given without the zero byte that ends it in a message. Borrows the buffer, does not move
    /// its
    /// indexes, and allocates nothing.
    ///
    /// @param start absolute index in the buffer
    /// @param length in bytes
    /// @return a set of the bits of [Effects]
    public static int effects(ByteBuf in, int start, int length, SqlDialect dialect) {
        return scan(in, start, length, dialect).effects();
    }

    static SqlScan scan(ByteBuf in, int start, int length, SqlDialect dialect) {
        SqlScan scan = SCAN.get().reset(dialect);
        scan.feed(in, start, length);
        return scan;
    }
}
