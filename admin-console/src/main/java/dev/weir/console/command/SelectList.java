package dev.weir.console.command;

import dev.weir.console.show.ShowVersion;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A `SELECT` without `FROM`, such as drivers and dashboards send on connecting or to see whether the connection lives:
/// `SELECT 1`, `SELECT version()`, `SELECT current_setting('server_version_num')::int/100 AS version`.
final class SelectList {

    /// Deeper expressions are none that a driver sends, and would cost stack.
    private static final int NESTING_MAX = 4;

    private final Cursor cursor;
    private final List<Column> columns = new ArrayList<>();
    private final List<@Nullable String> values = new ArrayList<>();

    private int nesting;

    private SelectList(Cursor cursor) {
        this.cursor = cursor;
    }

    /// The row that it stands for; `null` when it is none of those expressions.
    ///
    /// @param cursor behind the word `SELECT`
    static @Nullable Table evaluate(Cursor cursor) {
        return new SelectList(cursor).run();
    }

    private @Nullable Table run() {
        do {
            Value value = quotient();
            if (value == null) {
                return null;
            }
            columns.add(new Column(alias(value.name), value.type, ""));
            values.add(value.text);
        } while (cursor.skipSymbol(","));
        return cursor.atEnd() ? new Table(columns, List.of(values)) : null;
    }

    private String alias(String otherwise) {
        boolean as = cursor.skip("AS");
        Token token = cursor.peek();
        if (token != null && (as || token.kind() == Token.Kind.WORD || token.kind() == Token.Kind.NAME)) {
            cursor.next();
            return token.kind() == Token.Kind.WORD ? token.lower() : token.text();
        }
        return otherwise;
    }

    private @Nullable Value quotient() {
        Value value = cast(primary());
        while (value != null && cursor.skipSymbol("/")) {
            Value divisor = cast(primary());
            value = divisor == null ? null : value.dividedBy(divisor);
        }
        return value;
    }

    private @Nullable Value cast(@Nullable Value value) {
        Value result = value;
        while (result != null && cursor.skipSymbol("::")) {
            result = converted(result);
        }
        return result;
    }

    /// To the type that comes next, whose length in parentheses does not matter here.
    private @Nullable Value converted(Value value) {
        Token type = cursor.next();
        if (type == null || (cursor.skipSymbol("(") && (cursor.next() == null || !cursor.skipSymbol(")")))) {
            return null;
        }
        return value.as(type.lower());
    }

    private @Nullable Value castCall() {
        Value value = ++nesting > NESTING_MAX ? null : quotient();
        nesting--;
        if (value == null || !cursor.skip("AS")) {
            return null;
        }
        Value result = converted(value);
        return cursor.skipSymbol(")") ? result : null;
    }

    private @Nullable Value primary() {
        Token token = cursor.next();
        if (token == null) {
            return null;
        }
        return switch (token.kind()) {
            case STRING, PARAMETER -> new Value("?column?", ColumnType.TEXT, token.text());
            case WORD ->
                isNumber(token.text()) ? new Value("?column?", ColumnType.INT4, token.text()) : function(token);
            case NAME, SYMBOL -> null;
        };
    }

    private @Nullable Value function(Token first) {
        Token name = first;
        if (name.is("pg_catalog") && cursor.skipSymbol(".")) {
            name = cursor.next();
            if (name == null) {
                return null;
            }
        }
        Token argument = null;
        if (name.is("CAST") && cursor.skipSymbol("(")) {
            return castCall();
        }
        if (cursor.skipSymbol("(") && !cursor.skipSymbol(")")) {
            argument = cursor.next();
            if (!cursor.skipSymbol(")")) {
                return null;
            }
        }
        return call(name.lower(), argument == null ? null : argument.text());
    }

    private static @Nullable Value call(String name, @Nullable String argument) {
        return switch (name) {
            case "version" ->
                new Value(name, ColumnType.TEXT, "PostgreSQL " + ShowVersion.PGBOUNCER + "/bouncer (console of Weir)");
            case "current_schema" -> new Value(name, ColumnType.TEXT, "public");
            case "current_database", "current_catalog" -> new Value(name, ColumnType.TEXT, "pgbouncer");
            case "current_user", "session_user", "user" -> new Value(name, ColumnType.TEXT, "pgbouncer");
            case "pg_is_in_recovery" -> new Value(name, ColumnType.TEXT, "f");
            case "pg_backend_pid" -> new Value(name, ColumnType.INT4, "0");
            case "pg_advisory_unlock_all" -> new Value(name, ColumnType.TEXT, "");
            case "true" -> new Value("bool", ColumnType.TEXT, "t");
            case "false" -> new Value("bool", ColumnType.TEXT, "f");
            case "null" -> new Value("?column?", ColumnType.TEXT, null);
            case "current_setting" -> setting(name, argument);
            default -> null;
        };
    }

    private static @Nullable Value setting(String name, @Nullable String argument) {
        String value = argument == null ? null : SessionParameters.find(argument);
        return value == null ? null : new Value(name, ColumnType.TEXT, value);
    }

    private static boolean isNumber(String text) {
        return text.matches("-?[0-9]{1,9}");
    }

    private record Value(
            String name, ColumnType type, @Nullable String text) {

        @Nullable
        Value as(String typeName) {
            return switch (typeName) {
                case "int", "int4", "integer" ->
                    text == null || isNumber(text) ? new Value(name, ColumnType.INT4, text) : null;
                case "bigint", "int8" -> text == null || isNumber(text) ? new Value(name, ColumnType.INT8, text) : null;
                case "text", "varchar", "name", "regclass" -> new Value(name, ColumnType.TEXT, text);
                default -> null;
            };
        }

        @Nullable
        Value dividedBy(Value divisor) {
            if (text == null || divisor.text == null || !isNumber(text) || !isNumber(divisor.text)) {
                return null;
            }
            int by = Integer.parseInt(divisor.text);
            return by == 0
                    ? null
                    : new Value("?column?", ColumnType.INT4, Integer.toString(Integer.parseInt(text) / by));
        }
    }
}
