package dev.weir.proxy.sql;

import java.util.Arrays;

/// Where the statements of a text end.
final class StatementEnds implements TokenSink {
    private int[] ends = new int[8];
    private int count;

    private StatementEnds() {}

    /// The offsets behind each semicolon that stands outside of strings and comments, and that of the end; none if the
    /// text is cut off.
    static int[] of(byte[] text, SqlDialect dialect) {
        StatementEnds ends = new StatementEnds();
        SqlLexer lexer = new SqlLexer(ends);
        lexer.reset(dialect.standardConformingStrings());
        byte[] piece = Arrays.copyOf(text, text.length + 1);
        piece[text.length] = ' ';
        if (dialect.trailBytes() != TrailBytes.NONE) {
            SqlScan.hideTrailBytes(piece, text.length, dialect.trailBytes(), false);
        }
        lexer.feed(piece, 0, piece.length);
        if (!lexer.finish()) {
            return new int[0];
        }
        ends.add(text.length);
        return Arrays.copyOf(ends.ends, ends.count);
    }

    private void add(int end) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = end;
    }

    @Override
    public void word(byte[] bytes, int from, int to, int at) {
        // ends nothing
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        // ends nothing
    }

    @Override
    public void constant(Constant kind, int at, int end) {
        // ends nothing
    }

    @Override
    public void symbol(byte symbol, int at) {
        if (symbol == ';') {
            add(at + 1);
        }
    }
}
