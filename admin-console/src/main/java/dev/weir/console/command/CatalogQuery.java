package dev.weir.console.command;

import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A `SELECT` from the system catalogs, such as drivers send to learn about types and dashboards to list tables. The
/// console has no catalogs, so nothing is found in them; a column for every expression and no row says so in a way that
/// every client understands.
final class CatalogQuery {

    private CatalogQuery() {}

    /// The empty answer; `null` when the query reads anything that is not a system catalog.
    ///
    /// @param tokens the statement from the word `SELECT` on
    static @Nullable Table evaluate(List<Token> tokens) {
        int from = indexOfFrom(tokens);
        if (from < 0 || tokens.subList(from, tokens.size()).stream().noneMatch(CatalogQuery::isCatalog)) {
            return null;
        }
        return new Table(columns(tokens.subList(1, from)), List.of());
    }

    private static boolean isCatalog(Token token) {
        return switch (token.kind()) {
            case WORD, NAME -> token.lower().startsWith("pg_") || token.lower().equals("information_schema");
            case STRING, PARAMETER, SYMBOL -> false;
        };
    }

    private static int indexOfFrom(List<Token> tokens) {
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            depth += depthChange(tokens.get(i));
            if (depth == 0 && tokens.get(i).is("FROM")) {
                return i;
            }
        }
        return -1;
    }

    private static List<Column> columns(List<Token> selectList) {
        List<Column> columns = new ArrayList<>();
        int depth = 0;
        Token last = null;
        for (Token token : selectList) {
            depth += depthChange(token);
            if (depth == 0 && token.isSymbol(",")) {
                columns.add(column(last));
                last = null;
            } else {
                last = token;
            }
        }
        columns.add(column(last));
        return columns;
    }

    /// An expression is called by its alias or by the column it ends with.
    private static Column column(@Nullable Token last) {
        String name = last == null
                ? "?column?"
                : switch (last.kind()) {
                    case NAME -> last.text();
                    case WORD -> last.lower();
                    case STRING, PARAMETER, SYMBOL -> "?column?";
                };
        return new Column(name, ColumnType.TEXT, "");
    }

    private static int depthChange(Token token) {
        if (token.isSymbol("(")) {
            return 1;
        }
        return token.isSymbol(")") ? -1 : 0;
    }
}
