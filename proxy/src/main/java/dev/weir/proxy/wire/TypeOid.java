package dev.weir.proxy.wire;

/// The types of the columns that a pooler itself answers with (catalog `pg_type`).
public final class TypeOid {
    /// boolean
    public static final int BOOL = 16;
    /// bigint
    public static final int INT8 = 20;
    /// integer
    public static final int INT4 = 23;
    /// text
    public static final int TEXT = 25;
    /// double precision
    public static final int FLOAT8 = 701;
    /// timestamp with time zone
    public static final int TIMESTAMPTZ = 1184;
    /// numeric
    public static final int NUMERIC = 1700;
    /// void
    public static final int VOID = 2278;

    private static final short VARIABLE = -1;

    private TypeOid() {}

    /// `typlen`: the type's size in bytes, -1 where it varies.
    static short length(int oid) {
        return switch (oid) {
            case BOOL -> 1;
            case INT4, VOID -> 4;
            case INT8, FLOAT8, TIMESTAMPTZ -> 8;
            default -> VARIABLE;
        };
    }
}
