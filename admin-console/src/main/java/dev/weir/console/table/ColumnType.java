package dev.weir.console.table;

/// The types of console columns, with what PostgreSQL's RowDescription says about each.
public enum ColumnType {
    /// Character data of any length.
    TEXT(25, -1),
    /// 32-bit integer.
    INT4(23, 4),
    /// 64-bit integer.
    INT8(20, 8),
    /// Exact number of any size.
    NUMERIC(1700, -1),
    /// Bytes.
    BYTEA(17, -1),
    /// A moment; sent as text (`YYYY-MM-DD HH:MM:SS TZ`), as PgBouncer does.
    TIMESTAMP(25, -1);

    private final int oid;
    private final int size;

    ColumnType(int oid, int size) {
        this.oid = oid;
        this.size = size;
    }

    /// The OID in `pg_type`.
    public int oid() {
        return oid;
    }

    /// The type's length in bytes; -1 when it varies.
    public int size() {
        return size;
    }
}
