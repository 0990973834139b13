package dev.weir.proxy.server;

import dev.weir.proxy.relay.QueryProgress;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Errors of PostgreSQL as the client would get them from a server of its own: statements by the client's names instead
/// of those that servers know them by, and places counted in the client's text.
final class ErrorWords {
    private static final char POSITION = 'P';
    private static final Pattern OURS = Pattern.compile(Pattern.quote(PreparedStatement.NAME_PREFIX) + "[0-9]+");

    private ErrorWords() {}

    /// Whether an error must be translated.
    static boolean concern(ByteBuf in, int start, int length, @Nullable QueryProgress progress) {
        return progress != null
                || in.toString(start, length, StandardCharsets.ISO_8859_1).contains(PreparedStatement.NAME_PREFIX);
    }

    /// Writes the message.
    ///
    /// @param inUse what the error may be about, null if that is not known
    /// @param user knows what else the client calls statements
    static void write(
            ByteBuf out,
            ByteBuf in,
            int start,
            int length,
            @Nullable QueryProgress progress,
            ServerStatements.@Nullable NameInUse inUse,
            RefusedBatches user) {
        int head = out.writerIndex();
        out.writeByte(BackendType.ERROR_RESPONSE).writeInt(0);
        FieldReader body = new FieldReader(in, start, length);
        byte field = body.int8();
        while (field != 0) {
            String value = new String(body.cStringBytes(), StandardCharsets.ISO_8859_1);
            String told = field == POSITION && progress != null
                    ? position(value, progress)
                    : renamed(value, progress, inUse, user);
            out.writeByte(field).writeBytes(told.getBytes(StandardCharsets.ISO_8859_1));
            out.writeByte(0);
            field = body.int8();
        }
        out.writeByte(0);
        out.setInt(head + 1, out.writerIndex() - head - 1);
    }

    private static String position(String sent, QueryProgress progress) {
        try {
            return Integer.toString(progress.position(Integer.parseInt(sent)));
        } catch (NumberFormatException _) {
            return sent;
        }
    }

    private static String renamed(
            String text,
            @Nullable QueryProgress progress,
            ServerStatements.@Nullable NameInUse inUse,
            RefusedBatches user) {
        return OURS.matcher(text).replaceAll(found -> {
            String ours = found.group();
            String name = progress == null ? null : progress.nameOf(ours);
            if (name == null) {
                name = inUse != null && inUse.serverName().equals(ours) ? inUse.latinName() : user.nameOf(ours);
            }
            return Matcher.quoteReplacement(name == null ? ours : name);
        });
    }
}
