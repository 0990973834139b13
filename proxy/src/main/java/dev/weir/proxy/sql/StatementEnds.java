package dev.weir.proxy.sql;

import java.util.Arrays;

/// Where the statements of a text end.
final class StatementEnds implements TokenSink {
    private int[] ends = new int[8];
    private int count;
    /// Parentheses that are open: the actions of a rule stand in such.
    private int depth;
    /// The body of a function in the SQL standard's way, BEGIN ATOMIC … END, and each CASE in it.
    private int blocks;
    private boolean routine;
    private Word previous = Word.OTHER;

    private StatementEnds() {}

    /// The offsets behind each semicolon that stands outside of strings, comments, parentheses and bodies of functions,
    /// and that of the end; none if the text is cut off.
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
        Word word = Word.at(bytes, from, to);
        switch (word) {
            case FUNCTION, PROCEDURE -> routine |= previous == Word.CREATE || previous == Word.REPLACE;
            case ATOMIC -> blocks += routine && previous == Word.BEGIN ? 1 : 0;
            case CASE -> blocks += blocks > 0 ? 1 : 0;
            case END -> blocks -= blocks > 0 ? 1 : 0;
            default -> {}
        }
        previous = word;
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        previous = Word.OTHER;
    }

    @Override
    public void constant(Constant kind, int at, int end) {
        previous = Word.OTHER;
    }

    @Override
    public void symbol(byte symbol, int at) {
        previous = Word.OTHER;
        switch (symbol) {
            case '(' -> depth++;
            case ')' -> depth = Math.max(0, depth - 1);
            case ';' -> {
                if (depth == 0 && blocks == 0) {
                    add(at + 1);
                    routine = false;
                }
            }
            default -> {} // belongs to the statement
        }
    }
}
