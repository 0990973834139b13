package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Scans texts and names what was found.
final class Scans {
    private static final int BEFORE = 3;

    private Scans() {}

    static int effects(String text) {
        return effects(text, SqlDialect.USUAL);
    }

    static int effects(String text, SqlDialect dialect) {
        return effects(text.getBytes(StandardCharsets.UTF_8), dialect);
    }

    /// Of a text that stands somewhere in a buffer which is no array.
    static int effects(byte[] text, SqlDialect dialect) {
        ByteBuf buffer =
                Unpooled.directBuffer().writeZero(BEFORE).writeBytes(text).writeByte('\'');
        try {
            return SqlScanner.effects(buffer, BEFORE, text.length, dialect);
        } finally {
            buffer.release();
        }
    }

    static int bit(String name) {
        try {
            return Effects.class.getField(name).getInt(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /// The names of the bits, separated by blanks, lowest first.
    static String names(int effects) {
        return Arrays.stream(Effects.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .map(Field::getName)
                .filter(name -> Integer.bitCount(bit(name)) == 1 && (effects & bit(name)) != 0)
                .sorted(Comparator.comparingInt(Scans::bit))
                .collect(Collectors.joining(" "));
    }

    /// What stands in the middle of a text.
    static String core(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf buffer = Unpooled.buffer().writeZero(BEFORE).writeBytes(bytes);
        long core = SqlText.core(buffer, BEFORE, bytes.length, SqlDialect.USUAL);
        return new String(bytes, SqlText.start(core), SqlText.length(core), StandardCharsets.UTF_8);
    }

    /// The answer when the text comes in pieces that end at these offsets.
    static int inPieces(byte[] text, SqlDialect dialect, List<Integer> cuts) {
        SqlScan scan = new SqlScan(dialect);
        ByteBuf buffer = Unpooled.wrappedBuffer(text);
        int from = 0;
        for (int cut : cuts) {
            scan.feed(buffer, from, cut - from);
            from = cut;
        }
        scan.feed(buffer, from, text.length - from);
        return scan.effects();
    }
}
