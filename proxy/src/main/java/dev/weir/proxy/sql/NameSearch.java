package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;

/// Looks for names in a text, constants and comments left out. For one thread at a time.
final class NameSearch implements TokenSink {
    private static final ThreadLocal<NameSearch> SEARCH = ThreadLocal.withInitial(NameSearch::new);
    private static final int PIECE_BYTES = 2048;

    private final SqlLexer lexer = new SqlLexer(this);
    private final byte[] piece = new byte[PIECE_BYTES];
    private SuspectNames names = SuspectNames.NONE;
    private boolean found;

    /// Whether a text mentions one of these names, or may do so.
    static boolean find(SuspectNames names, ByteBuf in, int start, int length, SqlDialect dialect) {
        NameSearch search = SEARCH.get();
        search.names = names;
        search.found = false;
        search.lexer.reset(dialect.standardConformingStrings());
        search.read(in, start, length, dialect.trailBytes());
        search.names = SuspectNames.NONE;
        return search.found;
    }

    private void read(ByteBuf in, int start, int length, TrailBytes trailBytes) {
        boolean inPair = false;
        for (int done = 0; done < length && !found; ) {
            int count = Math.min(PIECE_BYTES, length - done);
            in.getBytes(start + done, piece, 0, count);
            if (trailBytes != TrailBytes.NONE) {
                inPair = SqlScan.hideTrailBytes(piece, count, trailBytes, inPair);
            }
            lexer.feed(piece, 0, count);
            done += count;
        }
        boolean ended = lexer.finish(); // which may bring the last name
        found |= !ended || lexer.isLost();
    }

    @Override
    public void word(byte[] bytes, int from, int to, int at) {
        found = found || names.has(bytes, from, to);
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        found = found || unicode || names.has(bytes, from, to);
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
