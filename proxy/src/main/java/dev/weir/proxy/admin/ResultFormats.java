package dev.weir.proxy.admin;

import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;

/// The result-column format codes of a Bind: none, one for all columns, or one for each. Immutable.
final class ResultFormats {

    /// All columns as text.
    static final ResultFormats TEXT = new ResultFormats(new boolean[0]);

    private final boolean[] binary;

    private ResultFormats(boolean[] binary) {
        this.binary = binary;
    }

    /// Reads a count and as many codes.
    static ResultFormats read(FieldReader body) {
        boolean[] binary = new boolean[body.count()];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = isBinary(body.int16());
        }
        return new ResultFormats(binary);
    }

    static boolean isBinary(short code) {
        return switch (code) {
            case 0 -> false;
            case 1 -> true;
            default ->
                throw new ProtocolViolation(
                        PgError.error(SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: " + code));
        };
    }

    boolean isBinary(int column) {
        return switch (binary.length) {
            case 0 -> false;
            case 1 -> binary[0];
            default -> column < binary.length && binary[column];
        };
    }
}
