package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Takes apart texts of one statement. Thread-safe.
public final class SqlStatements {
    static final SqlStatement OTHER = new SqlStatement.Other();

    private SqlStatements() {}

    /// What the only statement of a text says, as far as it is surely understood. Meant for texts that
    /// [SqlScanner#effects] has found to be worth it.
    ///
    /// @param start absolute index in the buffer
    /// @param length in bytes, without the zero byte that ends the text in a message
    public static SqlStatement single(ByteBuf in, int start, int length, SqlDialect dialect) {
        byte[] text = new byte[length];
        in.getBytes(start, text);
        return single(text, dialect);
    }

    /// One of the statements of a text.
    ///
    /// @param start where it begins in the text, perhaps with blanks; what it says of places counts from here
    /// @param end behind its semicolon, if it has one
    public record Placed(SqlStatement statement, int start, int end) {}

    /// What each statement of a text says, in order; empty if the text is not complete.
    public static List<Placed> all(byte[] text, SqlDialect dialect) {
        int[] ends = StatementEnds.of(text, dialect);
        List<Placed> all = new ArrayList<>();
        int start = 0;
        for (int end : ends) {
            StatementTokens tokens = StatementTokens.of(Arrays.copyOfRange(text, start, end), dialect);
            if (!tokens.isEnd(0)) {
                all.add(new Placed(tokens.isSingle() ? new StatementParser(tokens).parse() : OTHER, start, end));
            }
            start = end;
        }
        return all;
    }

    /// The texts of the statements in a text, in order, without the semicolons between them; empty if the text is not
    /// complete.
    public static List<byte[]> texts(byte[] text, SqlDialect dialect) {
        List<byte[]> texts = new ArrayList<>();
        int start = 0;
        for (int end : StatementEnds.of(text, dialect)) {
            byte[] statement = Arrays.copyOfRange(text, start, end);
            if (!StatementTokens.of(statement, dialect).isEnd(0)) {
                boolean closed = text[end - 1] == ';';
                texts.add(closed ? Arrays.copyOf(statement, statement.length - 1) : statement);
            }
            start = end;
        }
        return texts;
    }

    /// The same for an array.
    public static SqlStatement single(byte[] text, SqlDialect dialect) {
        StatementTokens tokens = StatementTokens.of(text, dialect);
        return tokens.isSingle() ? new StatementParser(tokens).parse() : OTHER;
    }
}
