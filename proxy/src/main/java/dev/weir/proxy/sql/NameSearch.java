package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;

/// Looks for names in a text, constants and comments left out. For one thread at a time.
final class NameSearch implements TokenSink {
    private static final ThreadLocal<NameSearch> SEARCH = ThreadLocal.withInitial(NameSearch::new);
    private static final int PIECE_BYTES = 2048;

    private final SqlLexer lexer = new SqlLexer(this);
    private final byte[] piece = new byte[PIECE_BYTES];
    private SuspectNames names = SuspectNames.NONE;
    private TrailBytes trailBytes = TrailBytes.NONE;
    private boolean inPair;
    private int found;

    private NameSearch() {}

    /// For a text that comes in pieces.
    NameSearch(SuspectNames names, SqlDialect dialect) {
        begin(names, dialect);
    }

    private void begin(SuspectNames of, SqlDialect dialect) {
        names = of;
        found = 0;
        trailBytes = dialect.trailBytes();
        inPair = false;
        lexer.reset(dialect.standardConformingStrings());
    }

    /// What a text may do by those of these names that it mentions.
    static int find(SuspectNames names, ByteBuf in, int start, int length, SqlDialect dialect) {
        NameSearch search = SEARCH.get();
        search.begin(names, dialect);
        search.feed(in, start, length);
        int found = search.end();
        search.names = SuspectNames.NONE;
        return found;
    }

    /// Reads the next piece.
    void feed(ByteBuf in, int start, int length) {
        for (int done = 0; done < length && !names.isAny() && found != names.mostEffects(); ) {
            int count = Math.min(PIECE_BYTES, length - done);
            in.getBytes(start + done, piece, 0, count);
            if (trailBytes != TrailBytes.NONE) {
                inPair = SqlScan.hideTrailBytes(piece, count, trailBytes, inPair);
            }
            lexer.feed(piece, 0, count);
            done += count;
        }
    }

    /// Ends the text, and tells what it may do.
    int end() {
        if (names.isAny()) {
            return Effects.SUSPECT;
        }
        if (found != names.mostEffects()) {
            boolean ended = lexer.finish(); // which may bring the last name
            found |= lexer.isLost() ? names.mostEffects() : 0;
            found |= ended || names.isEmpty() ? 0 : Effects.SUSPECT;
        }
        return found;
    }

    @Override
    public void word(byte[] bytes, int from, int to, int at) {
        found |= names.effectsOf(bytes, from, to);
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        found |= unicode ? names.mostEffects() : names.effectsOf(bytes, from, to);
    }

    @Override
    public void constant(Constant kind, int at, int end) {
        // no name
    }

    @Override
    public void symbol(byte symbol, int at) {
        // no name
    }
}
