package dev.weir.proxy.sql;

import java.nio.charset.StandardCharsets;

/// A SQL text without what differs from one execution to the next: `$1`, `$2` … stand for its constants and parameters,
/// comments are left out, blanks are one, and of lists of constants and of the rows behind VALUES only the first is
/// told.
/// Texts that come to the same have the same fingerprint. What stands in an unfinished constant is never told.
///
/// One object reads one text after the other. For one thread at a time; [#read] allocates nothing.
public final class NormalText {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final byte[] BLANK = {' '};
    private static final byte[] OTHERS = {',', ' ', '.', '.', '.'};

    private static final byte IS_WORD = 1;
    private static final byte IS_QUOTED = 2;
    private static final byte IS_CONSTANT = 3;

    private final SqlLexer lexer = new SqlLexer(new Tokens());
    private final TextLists lists = new TextLists();
    private final byte[] out;
    private byte[] in = BLANK;
    private int from;
    private int length;
    private int size;
    private boolean cut;
    private int lastEnd;
    private int constants;
    private long hash;

    /// @param bytesMax how long the text may become; the fingerprint is always that of all of it
    public NormalText(int bytesMax) {
        this.out = new byte[bytesMax];
    }

    /// Reads a text.
    ///
    /// @param text holds it; borrowed until the next text is read
    public void read(byte[] text, int start, int bytes, SqlDialect dialect) {
        in = text;
        from = start;
        length = bytes;
        size = 0;
        cut = false;
        lastEnd = 0;
        constants = 0;
        hash = FNV_OFFSET;
        lists.reset();
        lexer.reset(dialect.standardConformingStrings());
        if (dialect.trailBytes() == TrailBytes.NONE) {
            lexer.feed(text, start, start + bytes);
        } else {
            byte[] piece = new byte[bytes];
            System.arraycopy(text, start, piece, 0, bytes);
            SqlScan.hideTrailBytes(piece, bytes, dialect.trailBytes(), false);
            lexer.feed(piece, 0, bytes);
        }
        lexer.feed(BLANK, 0, 1);
        lexer.finish();
        if (lists.takeOthers()) {
            put(OTHERS, 0, OTHERS.length);
        }
    }

    /// The same for every text that comes to this one; never 0.
    public long fingerprint() {
        long mixed = hash ^ (hash >>> 33);
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        return mixed == 0 ? 1 : mixed;
    }

    /// The text; `…` at its end stands for what is left out.
    public String text() {
        int end = size;
        while (cut && end > 0 && (out[end - 1] & 0xc0) == 0x80) {
            end--; // the rest of a character may be missing
        }
        if (cut && end > 0 && end < size) {
            end--;
        }
        String text = new String(out, 0, end, StandardCharsets.UTF_8);
        return cut ? text + "…" : text;
    }

    /// A text as it was sent, on one line.
    public static String plain(byte[] text, int length, boolean cut) {
        String plain = new String(text, 0, length, StandardCharsets.UTF_8)
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return cut ? plain + "…" : plain;
    }

    private void mix(byte b) {
        hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }

    private void put(byte[] bytes, int start, int count) {
        int room = Math.min(count, out.length - size);
        System.arraycopy(bytes, start, out, size, room);
        size += room;
        cut |= room < count;
    }

    private void blankBefore(int at) {
        if (at > lastEnd && size > 0) {
            put(BLANK, 0, 1);
        }
    }

    /// A token that is told as it is written.
    private void tell(byte kind, int at, int end) {
        blankBefore(at);
        put(in, from + at, end - at);
        lastEnd = end;
        mix(kind);
        for (int i = at; i < end; i++) {
            byte b = in[from + i];
            mix(kind == IS_WORD ? Bytes.lower(b) : b);
        }
    }

    private void tellSymbol(byte symbol, int at) {
        blankBefore(at);
        if (size < out.length) {
            out[size++] = symbol;
        } else {
            cut = true;
        }
        lastEnd = at + 1;
        mix(symbol);
    }

    private void tellConstant(int at, int end) {
        blankBefore(at);
        constants++;
        int digits = 1;
        for (int rest = constants; rest >= 10; rest /= 10) {
            digits++;
        }
        if (size + 1 + digits <= out.length) {
            out[size] = '$';
            int rest = constants;
            for (int i = digits; i > 0; i--) {
                out[size + i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            size += 1 + digits;
        } else {
            cut = true;
        }
        lastEnd = end;
        mix(IS_CONSTANT);
    }

    /// What was held back because it might have been part of a list.
    private void tellHeld() {
        if (lists.takeOthers()) {
            put(OTHERS, 0, OTHERS.length);
        }
        int comma = lists.takeComma();
        if (comma >= 0) {
            tellSymbol((byte) ',', comma);
        }
        int sign = lists.takeSign();
        if (sign >= 0) {
            tellSymbol(in[from + sign], sign);
        }
        int semicolon = lists.takeSemicolon();
        if (semicolon >= 0) {
            tellSymbol((byte) ';', semicolon);
        }
    }

    private final class Tokens implements TokenSink {
        @Override
        public void word(byte[] bytes, int start, int to, int at) {
            if (lists.skips()) {
                return;
            }
            tellHeld();
            int end = at;
            while (end < length && Bytes.inNames(in[from + end])) {
                end++;
            }
            tell(IS_WORD, at, Math.max(end, Math.min(at + to - start, length)));
            lists.onWord(in, from + at, from + end);
        }

        @Override
        public void quoted(byte[] bytes, int start, int to, int at, int end, boolean unicode) {
            if (!lists.skips()) {
                tellHeld();
                tell(IS_QUOTED, at, Math.min(end, length));
                lists.onOther();
            }
        }

        @Override
        public void constant(Constant kind, int at, int end) {
            if (lists.skips()) {
                return;
            }
            if (lists.isRepetition()) {
                lists.onRepetition();
                lastEnd = end;
                return;
            }
            int begin = lists.beginOfConstant(at);
            tellHeld();
            tellConstant(begin, end);
            lists.onConstant();
        }

        @Override
        public void symbol(byte symbol, int at) {
            if (lists.skipsSymbol(symbol)) {
                lastEnd = at + 1;
                return;
            }
            if (!lists.holds(symbol, at)) {
                tellHeld();
                tellSymbol(symbol, at);
                lists.onSymbol(symbol);
            }
        }
    }
}
