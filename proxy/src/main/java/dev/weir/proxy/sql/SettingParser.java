package dev.weir.proxy.sql;

import dev.weir.proxy.sql.TokenSink.Constant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Understands SET and RESET.
final class SettingParser {
    private final StatementTokens tokens;

    SettingParser(StatementTokens tokens) {
        this.tokens = tokens;
    }

    SqlStatement parse() {
        return tokens.isKeyword(0, "reset") ? reset() : set();
    }

    private SqlStatement reset() {
        if (tokens.isKeyword(1, "all")) {
            return tokens.isEnd(2) ? new SqlStatement.ResetAll() : SqlStatements.OTHER;
        }
        if (areKeywords(1, "time", "zone")) {
            return tokens.isEnd(3) ? new SqlStatement.Reset("timezone") : SqlStatements.OTHER;
        }
        if (areKeywords(1, "session", "authorization")) {
            return tokens.isEnd(3) ? new SqlStatement.Reset("session_authorization") : SqlStatements.OTHER;
        }
        @Nullable String name = settingName(1);
        return name != null && tokens.isEnd(behindName(1)) ? new SqlStatement.Reset(name) : SqlStatements.OTHER;
    }

    private SqlStatement set() {
        boolean prefixed = (tokens.isKeyword(1, "local") || tokens.isKeyword(1, "session"))
                && tokens.isName(2)
                && !tokens.isKeyword(2, "to")
                && !tokens.isKeyword(2, "authorization")
                && !tokens.isKeyword(2, "characteristics");
        boolean local = prefixed && tokens.isKeyword(1, "local");
        int i = prefixed ? 2 : 1;
        if (areKeywords(i, "time", "zone")) {
            return timeZone(i + 2, local);
        }
        if (areKeywords(i, "session", "authorization")) {
            return tokens.isKeyword(i + 2, "default")
                    ? toDefault("session_authorization", i + 3, local)
                    : role("session_authorization", i + 2, local);
        }
        if (!isAssignment(behindName(i))) {
            return switch (tokens.keyword(i)) {
                case "names" -> names(i + 1, local);
                case "role" -> role("role", i + 1, local);
                case "schema" -> schema(i + 1, local);
                default -> SqlStatements.OTHER;
            };
        }
        @Nullable String name = settingName(i);
        return name == null ? SqlStatements.OTHER : assignment(name, behindName(i) + 1, local);
    }

    private boolean areKeywords(int index, String first, String second) {
        return tokens.isKeyword(index, first) && tokens.isKeyword(index + 1, second);
    }

    private boolean isAssignment(int index) {
        return tokens.isSymbol(index, '=') || tokens.isKeyword(index, "to");
    }

    private int behindName(int index) {
        int i = index + 1;
        while (tokens.isSymbol(i, '.') && tokens.isName(i + 1)) {
            i += 2;
        }
        return i;
    }

    /// PostgreSQL compares names of settings without regard to case, even if they are quoted, and knows two of them by
    /// the names they once had.
    private @Nullable String settingName(int index) {
        StringBuilder whole = new StringBuilder();
        for (int i = index; i < behindName(index); i += 2) {
            @Nullable String name = tokens.name(i);
            if (name == null || !StatementTokens.isAscii(name)) {
                return null;
            }
            whole.append(whole.isEmpty() ? "" : ".").append(name.toLowerCase(Locale.ROOT));
        }
        return switch (whole.toString()) {
            case "sort_mem" -> "work_mem";
            case "vacuum_mem" -> "maintenance_work_mem";
            default -> whole.toString();
        };
    }

    private SqlStatement timeZone(int index, boolean local) {
        if (tokens.isKeyword(index, "local") || tokens.isKeyword(index, "default")) {
            return toDefault("timezone", index + 1, local);
        }
        return tokens.isEnd(behindValue(index)) ? plain("timezone", index, local) : SqlStatements.OTHER;
    }

    private SqlStatement names(int index, boolean local) {
        if (tokens.isEnd(index)) {
            return toDefault("client_encoding", index, local);
        }
        if (tokens.isKeyword(index, "default")) {
            return toDefault("client_encoding", index + 1, local);
        }
        return tokens.isString(index) && tokens.isEnd(index + 1)
                ? plain("client_encoding", index, local)
                : SqlStatements.OTHER;
    }

    private SqlStatement role(String setting, int index, boolean local) {
        boolean understood = (tokens.isString(index) || tokens.name(index) != null) && tokens.isEnd(index + 1);
        return understood ? plain(setting, index, local) : SqlStatements.OTHER;
    }

    private SqlStatement schema(int index, boolean local) {
        return tokens.isString(index) && tokens.isEnd(index + 1)
                ? plain("search_path", index, local)
                : SqlStatements.OTHER;
    }

    private SqlStatement assignment(String name, int index, boolean local) {
        if (tokens.isKeyword(index, "default")) {
            return toDefault(name, index + 1, local);
        }
        int i = behindValue(index);
        while (tokens.isSymbol(i, ',')) {
            i = behindValue(i + 1);
        }
        return tokens.isEnd(i) ? plain(name, index, local) : SqlStatements.OTHER;
    }

    /// The index behind one value; [Integer#MAX_VALUE] if there is none.
    private int behindValue(int index) {
        int number = tokens.isSymbol(index, '-') || tokens.isSymbol(index, '+') ? index + 1 : index;
        if (tokens.isConstant(number, Constant.NUMBER)) {
            return number + 1;
        }
        boolean isValue = tokens.isString(index) || tokens.isName(index);
        return isValue && !tokens.isKeyword(index, "default") ? index + 1 : Integer.MAX_VALUE;
    }

    private SqlStatement toDefault(String name, int behind, boolean local) {
        return tokens.isEnd(behind) ? new SqlStatement.SetPlain(name, "", local, true) : SqlStatements.OTHER;
    }

    private SqlStatement plain(String name, int valueIndex, boolean local) {
        @Nullable String value = tokens.written(tokens.at(valueIndex), tokens.end());
        return value == null ? SqlStatements.OTHER : new SqlStatement.SetPlain(name, value, local, false);
    }
}
