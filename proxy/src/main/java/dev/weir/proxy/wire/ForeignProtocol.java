package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Says what it was that somebody sent instead of a startup packet. A PostgreSQL client begins with a zero byte (no
/// startup packet is as long as 16 MB), so the first bytes of other protocols tell them apart.
public final class ForeignProtocol {
    /// A TLS record of type handshake: a ClientHello without an SSLRequest before it.
    static final byte TLS_HANDSHAKE = 0x16;

    private static final int SHOWN_BYTES = 8;

    private static final Set<String> HTTP =
            Set.of("GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI ");

    private ForeignProtocol() {}

    /// Whether these bytes begin a TLS handshake.
    public static boolean isTls(ByteBuf in) {
        return in.isReadable() && in.getByte(in.readerIndex()) == TLS_HANDSHAKE;
    }

    static PgError tls() {
        return PgError.fatal(SqlState.PROTOCOL_VIOLATION, "received a TLS handshake without an SSLRequest before it")
                .withHint("Direct TLS (sslnegotiation=direct) is not available here; use sslnegotiation=postgres.");
    }

    /// @param start where the packet begins, of which at least four bytes are there
    static PgError describe(ByteBuf in, int start) {
        String beginning = in.toString(start, Integer.BYTES, StandardCharsets.ISO_8859_1);
        if (HTTP.contains(beginning)) {
            return PgError.fatal(SqlState.PROTOCOL_VIOLATION, "received an HTTP request on a PostgreSQL port")
                    .withHint("Connect with a PostgreSQL client.");
        }
        int shown = Math.min(SHOWN_BYTES, in.writerIndex() - start);
        return PgError.fatal(
                        SqlState.PROTOCOL_VIOLATION,
                        "bad packet header: '" + ByteBufUtil.hexDump(in, start, shown) + "'")
                .withDetail("This is not a startup packet of the PostgreSQL protocol, version 3.");
    }
}
