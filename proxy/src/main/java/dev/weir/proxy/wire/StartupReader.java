package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the packets that come before the login ("Message Formats": StartupMessage, SSLRequest, GSSENCRequest,
/// CancelRequest). They have a length but no type:
///
/// `| int32 length, itself included | int32 code or version | … |`
///
/// What cannot be such a packet is refused as soon as its first four bytes are there, however long it says it is.
public final class StartupReader {
    /// As in PostgreSQL: the most that may follow the length word.
    public static final int MAX_BODY_BYTES = 10_000;

    /// The most bytes that a caller ever needs to keep for one packet.
    public static final int MAX_PACKET_BYTES = Integer.BYTES + MAX_BODY_BYTES;

    private static final int REQUEST_BYTES = 8;
    private static final int CANCEL_HEADER_BYTES = 12;
    private static final int MAJOR = 3;
    private static final int OLD_MAJOR = 2;
    private static final String PROTOCOL_OPTION_PREFIX = "_pq_.";

    private StartupReader() {}

    /// Takes exactly one packet off the buffer.
    ///
    /// @return null if more bytes are needed; the reader index is where it was then
    /// @throws ProtocolViolation if this is no such packet, with what the peer is to be told
    public static @Nullable StartupPacket read(ByteBuf in) {
        int readable = in.readableBytes();
        int start = in.readerIndex();
        if (readable > 0 && in.getByte(start) == ForeignProtocol.TLS_HANDSHAKE) {
            throw new ProtocolViolation(ForeignProtocol.tls());
        }
        if (readable < Integer.BYTES) {
            return null;
        }
        int length = in.getInt(start);
        if (length < REQUEST_BYTES || length > MAX_PACKET_BYTES) {
            throw new ProtocolViolation(ForeignProtocol.describe(in, start));
        }
        if (readable < REQUEST_BYTES) {
            return null;
        }
        int code = in.getInt(start + Integer.BYTES);
        checkHeader(in, start, length, code);
        if (readable < length) {
            return null;
        }
        StartupPacket packet = packet(in, start, length, code);
        in.readerIndex(start + length);
        return packet;
    }

    /// Refuses what was sent behind an SSLRequest or GSSENCRequest without waiting for its answer: it would be taken
    /// for the encrypted beginning although anybody on the way could have put it there.
    ///
    /// @param in what is left after the request was read
    /// @throws ProtocolViolation if that is not nothing
    public static void refuseBytesBehind(StartupPacket request, ByteBuf in) {
        if (!in.isReadable()) {
            return;
        }
        switch (request) {
            case StartupPacket.SslRequest _ ->
                throw new ProtocolViolation("received unencrypted data after SSL request");
            case StartupPacket.GssEncRequest _ ->
                throw new ProtocolViolation("received unencrypted data after GSSAPI encryption request");
            case StartupPacket.CancelRequest _, StartupPacket.Startup _ -> {}
        }
    }

    private static void checkHeader(ByteBuf in, int start, int length, int code) {
        switch (code) {
            case Messages.SSL_REQUEST, Messages.GSSENC_REQUEST -> {
                if (length != REQUEST_BYTES) {
                    throw new ProtocolViolation("invalid length of startup packet");
                }
            }
            case Messages.CANCEL_REQUEST -> {
                int secret = length - CANCEL_HEADER_BYTES;
                if (secret < Messages.MIN_SECRET_BYTES || secret > Messages.MAX_SECRET_BYTES) {
                    throw new ProtocolViolation("invalid length of cancel request packet");
                }
            }
            default -> checkVersion(in, start, code);
        }
    }

    private static void checkVersion(ByteBuf in, int start, int code) {
        int major = code >>> 16;
        if (major == OLD_MAJOR || major == 1) {
            throw new ProtocolViolation("old V2 protocol not supported");
        }
        if (major != MAJOR) {
            throw new ProtocolViolation(ForeignProtocol.describe(in, start));
        }
    }

    private static StartupPacket packet(ByteBuf in, int start, int length, int code) {
        return switch (code) {
            case Messages.SSL_REQUEST -> new StartupPacket.SslRequest();
            case Messages.GSSENC_REQUEST -> new StartupPacket.GssEncRequest();
            case Messages.CANCEL_REQUEST ->
                new StartupPacket.CancelRequest(
                        in.getInt(start + REQUEST_BYTES),
                        ByteBufUtil.getBytes(in, start + CANCEL_HEADER_BYTES, length - CANCEL_HEADER_BYTES, true));
            default -> startup(code, new FieldReader(in, start + REQUEST_BYTES, length - REQUEST_BYTES));
        };
    }

    // | str name | str value | … | 0 |
    private static StartupPacket startup(int version, FieldReader body) {
        Map<String, String> parameters = new LinkedHashMap<>();
        List<String> protocolOptions = new ArrayList<>();
        try {
            for (String name = body.cString(); !name.isEmpty(); name = body.cString()) {
                String value = value(name, body);
                if (name.startsWith(PROTOCOL_OPTION_PREFIX)) {
                    protocolOptions.add(name);
                } else {
                    // PostgreSQL applies one after the other, so the last one wins and stands last.
                    parameters.remove(name);
                    parameters.put(name, value);
                }
            }
            body.end();
        } catch (ProtocolViolation violation) {
            throw violation.error().is(SqlState.PROTOCOL_VIOLATION)
                    ? new ProtocolViolation("invalid startup packet layout: expected terminator as last byte")
                    : violation;
        }
        return new StartupPacket.Startup(version >>> 16, version & 0xffff, parameters, protocolOptions);
    }

    // Programs name themselves after files, in whatever encoding those have; nothing is looked up by that name.
    private static String value(String name, FieldReader body) {
        return name.equalsIgnoreCase("application_name")
                ? new String(body.cStringBytes(), StandardCharsets.UTF_8)
                : body.cString();
    }
}
