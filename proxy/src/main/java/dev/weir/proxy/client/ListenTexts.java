package dev.weir.proxy.client;

import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads texts that do nothing but LISTEN and UNLISTEN, several times. Thread-safe. */
final class ListenTexts {

    /** Longer ones go to the server. */
    private static final int BYTES_MAX = 8 << 10;

    private static final int MANY = Effects.LISTENS | Effects.MANY;

    private ListenTexts() {}

    /** The commands of a text with these effects; empty if there is anything else in it, or if that is not sure. */
    static List<SqlStatement> read(ByteBuf in, int start, int length, int effects, SqlDialect dialect) {
        if ((effects & MANY) != MANY || length > BYTES_MAX) {
            return List.of();
        }
        String latin = in.toString(start, length, StandardCharsets.ISO_8859_1);
        if (latin.contains("--") || latin.contains("/*")) {
            return List.of(); // a semicolon in a comment ends nothing
        }
        // One inside of a quoted name ends nothing either, but leaves a piece that is no command.
        List<SqlStatement> commands = new ArrayList<>();
        for (String piece : latin.split(";", -1)) {
            if (!piece.isBlank()) {
                SqlStatement command = SqlStatements.single(piece.getBytes(StandardCharsets.ISO_8859_1), dialect);
                if (!ClientChannels.isCommand(command)) {
                    return List.of();
                }
                commands.add(command);
            }
        }
        return commands;
    }
}
