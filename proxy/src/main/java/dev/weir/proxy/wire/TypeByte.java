package dev.weir.proxy.wire;

import java.util.HexFormat;

/// How a type byte that the protocol does not know is shown.
final class TypeByte {
    private TypeByte() {}

    static String describe(byte type) {
        String hex = "0x" + HexFormat.of().toHexDigits(type);
        return type > ' ' && type < 0x7f ? "'" + (char) type + "' (" + hex + ")" : hex;
    }
}
