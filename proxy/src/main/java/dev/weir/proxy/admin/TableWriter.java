package dev.weir.proxy.admin;

import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import dev.weir.proxy.wire.BackendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes tables as RowDescription and DataRow, each column in text or binary as Bind asked for it.
final class TableWriter {

    private static final int NULL_LENGTH = -1;
    private static final int NUMERIC_BASE = 10_000;
    private static final int NUMERIC_NEGATIVE = 0x4000;

    private TableWriter() {}

    static void rowDescription(ByteBuf out, List<Column> columns, ResultFormats formats) {
        int length = begin(out, BackendType.ROW_DESCRIPTION);
        out.writeShort(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            ColumnType type = columns.get(i).type();
            // | str name | int32 table | int16 attribute | int32 type | int16 size | int32 modifier | int16 format |
            ByteBufUtil.writeUtf8(out, columns.get(i).name().replace('\0', ' '));
            out.writeByte(0).writeInt(0).writeShort(0);
            out.writeInt(type.oid()).writeShort(type.size()).writeInt(-1);
            out.writeShort(formats.isBinary(i) ? 1 : 0);
        }
        end(out, length);
    }

    /// Writes the rows from one index up to, not including, another.
    static void rows(ByteBuf out, Table table, ResultFormats formats, int from, int to) {
        for (List<@Nullable String> row : table.rows().subList(from, to)) {
            int length = begin(out, BackendType.DATA_ROW);
            out.writeShort(row.size());
            for (int i = 0; i < row.size(); i++) {
                value(out, row.get(i), table.columns().get(i).type(), formats.isBinary(i));
            }
            end(out, length);
        }
    }

    private static void value(ByteBuf out, @Nullable String text, ColumnType type, boolean binary) {
        if (text == null) {
            out.writeInt(NULL_LENGTH);
            return;
        }
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        if (binary) {
            binary(out, text, type);
        } else {
            ByteBufUtil.writeUtf8(out, text);
        }
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
    }

    private static void binary(ByteBuf out, String text, ColumnType type) {
        switch (type) {
            case TEXT, TIMESTAMP -> ByteBufUtil.writeUtf8(out, text);
            case INT4 -> out.writeInt(Integer.parseInt(text));
            case INT8 -> out.writeLong(Long.parseLong(text));
            case NUMERIC -> numeric(out, Long.parseLong(text));
            // The text form is \x and hexadecimal digits.
            case BYTEA -> out.writeBytes(HexFormat.of().parseHex(text, 2, text.length()));
        }
    }

    /// A whole number as `numeric_send` of PostgreSQL writes it: | int16 digits | int16 weight | int16 sign | int16
    /// scale | int16 each digit |, a digit being one to the base of ten thousand.
    private static void numeric(ByteBuf out, long value) {
        int digits = 0;
        for (long rest = value; rest != 0; rest /= NUMERIC_BASE) {
            digits++;
        }
        out.writeShort(digits).writeShort(Math.max(digits - 1, 0));
        out.writeShort(value < 0 ? NUMERIC_NEGATIVE : 0).writeShort(0);
        int first = out.writerIndex();
        out.writeZero(digits * Short.BYTES);
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            out.setShort(first + i * Short.BYTES, (int) Math.abs(rest % NUMERIC_BASE));
            rest /= NUMERIC_BASE;
        }
    }

    private static int begin(ByteBuf out, byte type) {
        out.writeByte(type);
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        return lengthIndex;
    }

    private static void end(ByteBuf out, int lengthIndex) {
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex);
    }
}
