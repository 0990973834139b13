package dev.weir.proxy.sql;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The tokens of a text that is completely there, up to a limit, and what they say.
final class StatementTokens implements TokenSink {
    static final int TOKENS_MAX = 256;
    private static final int NAME_BYTES_MAX = 63;

    private enum Type {
        WORD,
        QUOTED_NAME,
        UNICODE_NAME,
        CONSTANT,
        SYMBOL
    }

    private record Token(
            Type type, int at, int end, @Nullable Constant constant) {}

    private final byte[] text;
    private final boolean decodable;
    private final List<Token> tokens = new ArrayList<>();
    private boolean ended;
    private boolean single = true;
    private boolean all = true;
    private int textEnd;

    private StatementTokens(byte[] text, SqlDialect dialect) {
        this.text = text;
        this.decodable = dialect.trailBytes() == TrailBytes.NONE;
    }

    static StatementTokens of(byte[] text, SqlDialect dialect) {
        StatementTokens tokens = new StatementTokens(text, dialect);
        SqlLexer lexer = new SqlLexer(tokens);
        lexer.reset(dialect.standardConformingStrings());
        // the blank at the end lets the last word end in this piece, so that it comes whole
        byte[] piece = Arrays.copyOf(text, text.length + 1);
        piece[text.length] = ' ';
        if (!tokens.decodable) {
            SqlScan.hideTrailBytes(piece, text.length, dialect.trailBytes(), false);
        }
        lexer.feed(piece, 0, piece.length);
        tokens.single &= lexer.finish();
        return tokens;
    }

    private void add(Type type, int at, int end, @Nullable Constant constant) {
        single &= !ended;
        if (tokens.size() < TOKENS_MAX) {
            tokens.add(new Token(type, at, end, constant));
        } else {
            all = false;
        }
        textEnd = end;
    }

    @Override
    public void word(byte[] bytes, int from, int to, int at) {
        add(Type.WORD, at, at + to - from, null);
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        add(unicode ? Type.UNICODE_NAME : Type.QUOTED_NAME, at, end, null);
    }

    @Override
    public void constant(Constant kind, int at, int end) {
        add(Type.CONSTANT, at, end, kind);
    }

    @Override
    public void symbol(byte symbol, int at) {
        if (symbol == ';') {
            ended = !tokens.isEmpty();
        } else {
            add(Type.SYMBOL, at, at + 1, null);
        }
    }

    /// Whether the text is one statement, and not cut off.
    boolean isSingle() {
        return single && !tokens.isEmpty();
    }

    /// Whether the statement ends before this token.
    boolean isEnd(int index) {
        return all && index == tokens.size();
    }

    int at(int index) {
        return tokens.get(index).at();
    }

    int end(int index) {
        return tokens.get(index).end();
    }

    /// Where the statement ends.
    int end() {
        return textEnd;
    }

    /// The word without quotes that stands there, in lower case, or an empty text.
    String keyword(int index) {
        return is(index, Type.WORD) ? latin(tokens.get(index)).toLowerCase(Locale.ROOT) : "";
    }

    boolean isKeyword(int index, String word) {
        return keyword(index).equals(word);
    }

    boolean isSymbol(int index, char symbol) {
        return is(index, Type.SYMBOL) && text[at(index)] == symbol;
    }

    boolean isName(int index) {
        return is(index, Type.WORD) || is(index, Type.QUOTED_NAME);
    }

    boolean isConstant(int index, Constant kind) {
        return is(index, Type.CONSTANT) && tokens.get(index).constant() == kind;
    }

    /// Whether a constant of any kind of string stands there.
    boolean isString(int index) {
        return is(index, Type.CONSTANT)
                && !isConstant(index, Constant.NUMBER)
                && !isConstant(index, Constant.PARAMETER);
    }

    private boolean is(int index, Type type) {
        return index < tokens.size() && tokens.get(index).type() == type;
    }

    private String latin(Token token) {
        return new String(text, token.at(), token.end() - token.at(), StandardCharsets.ISO_8859_1);
    }

    /// The name that stands there as PostgreSQL knows it, or null if that is not sure.
    @Nullable
    String name(int index) {
        if (is(index, Type.WORD)) {
            String word = keyword(index);
            return isAscii(word) && !ReservedWords.contain(word) ? cut(word) : null;
        }
        if (!is(index, Type.QUOTED_NAME)) {
            return null;
        }
        String quoted = written(at(index) + 1, end(index) - 1);
        if (quoted == null) {
            return null;
        }
        String name = quoted.replace("\"\"", "\"");
        boolean sure =
                !name.isEmpty() && (isAscii(name) || name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX);
        return sure ? cut(name) : null;
    }

    private static String cut(String name) {
        return name.length() <= NAME_BYTES_MAX ? name : name.substring(0, NAME_BYTES_MAX);
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /// What the constant that stands there says, or null if that is not sure.
    @Nullable
    String string(int index) {
        if (isConstant(index, Constant.STRING)) {
            String written = written(at(index) + 1, end(index) - 1);
            return written == null ? null : written.replace("''", "'");
        }
        if (isConstant(index, Constant.DOLLAR_STRING)) {
            int tag = 2;
            while (text[at(index) + tag - 1] != '$') {
                tag++;
            }
            return written(at(index) + tag, end(index) - tag);
        }
        return null;
    }

    /// A part of the text, or null if its encoding is not sure.
    @Nullable
    String written(int from, int to) {
        try {
            String written = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text, from, to - from))
                    .toString();
            return decodable || isAscii(written) ? written : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
