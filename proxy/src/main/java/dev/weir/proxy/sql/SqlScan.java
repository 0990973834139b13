package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;

/// Finds out what a SQL text may do to its session, from the text alone, in one pass: for a text that arrives in
/// pieces.
/// May be used again and allocates nothing while it reads. For one thread at a time.
///
/// However the text is cut, the answer is the same. There is no limit to its length; who leaves out the rest of a text
/// adds [Effects#UNKNOWN_END] to the answer.
public final class SqlScan {
    private static final int PIECE_BYTES = 2048;
    private static final byte HARMLESS = (byte) 0x80;

    private final StatementEffects statements = new StatementEffects();
    private final SqlLexer lexer = new SqlLexer(statements);
    private final byte[] piece = new byte[PIECE_BYTES];

    private SqlDialect dialect;
    private boolean inPair;
    private int length;
    private int answer;
    private boolean answered;

    /// A scan at the beginning of a text.
    public SqlScan(SqlDialect dialect) {
        this.dialect = dialect;
        reset(dialect);
    }

    /// Begins another text.
    public SqlScan reset(SqlDialect of) {
        dialect = of;
        inPair = false;
        length = 0;
        answered = false;
        lexer.reset(of.standardConformingStrings());
        statements.reset();
        return this;
    }

    /// Reads the next piece of the text, without the zero byte that ends it in a message. Borrows the buffer and does
    /// not
    /// move its indexes.
    ///
    /// @param start absolute index in the buffer
    /// @throws IllegalStateException after [#effects]
    public void feed(ByteBuf in, int start, int bytes) {
        if (answered) {
            throw new IllegalStateException("the text has ended");
        }
        length += bytes;
        if (in.hasArray() && dialect.trailBytes() == TrailBytes.NONE) {
            int from = in.arrayOffset() + start;
            lexer.feed(in.array(), from, from + bytes);
            return;
        }
        for (int done = 0; done < bytes; ) {
            int count = Math.min(PIECE_BYTES, bytes - done);
            in.getBytes(start + done, piece, 0, count);
            if (dialect.trailBytes() != TrailBytes.NONE) {
                inPair = hideTrailBytes(piece, count, dialect.trailBytes(), inPair);
            }
            lexer.feed(piece, 0, count);
            done += count;
        }
    }

    /// Puts a byte that may stand in a name, and nowhere else means anything, in place of each trail byte.
    ///
    /// @param inPair whether the first byte is a trail byte
    /// @return whether the byte behind the last one is
    static boolean hideTrailBytes(byte[] bytes, int count, TrailBytes trailBytes, boolean inPair) {
        boolean isTrail = inPair;
        for (int i = 0; i < count; i++) {
            if (isTrail) {
                bytes[i] = HARMLESS;
                isTrail = false;
            } else {
                isTrail = trailBytes.leads(bytes[i]);
            }
        }
        return isTrail;
    }

    /// What has been found so far and not been taken before; it is not part of what [#effects] says then.
    int take() {
        return statements.take();
    }

    /// Whether the end of what has been read stands in the middle of what may change a setting.
    boolean isChanging() {
        return statements.isChanging();
    }

    /// Ends the text.
    ///
    /// @return a set of the bits of [Effects]
    public int effects() {
        if (!answered) {
            answered = true;
            boolean ended = lexer.finish();
            answer = statements.finish()
                    | (ended ? 0 : Effects.UNKNOWN_END)
                    | (lexer.isLost() ? Effects.ANYTHING : 0)
                    | (lexer.hasBackslashes() ? Effects.BACKSLASHES : 0);
        }
        return answer;
    }

    /// Where the text stands without what surrounds it, as [SqlText#core] says it. Ends the text.
    public long core() {
        if ((effects() & Effects.UNKNOWN_END) != 0) {
            return SqlText.pack(0, length);
        }
        return lexer.core();
    }
}
