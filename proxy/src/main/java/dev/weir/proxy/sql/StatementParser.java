package dev.weir.proxy.sql;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Understands a statement by its tokens. What does not fit exactly is [SqlStatement.Other].
final class StatementParser {
    private static final Set<String> TRANSACTION_OPTIONS = Set.of(
            "work",
            "transaction",
            "isolation",
            "level",
            "serializable",
            "repeatable",
            "read",
            "committed",
            "uncommitted",
            "only",
            "write",
            "not",
            "deferrable");

    private final StatementTokens tokens;

    StatementParser(StatementTokens tokens) {
        this.tokens = tokens;
    }

    SqlStatement parse() {
        return switch (tokens.keyword(0)) {
            case "deallocate" -> deallocate();
            case "discard" -> tokens.isKeyword(1, "all") ? at(2, new SqlStatement.DiscardAll()) : SqlStatements.OTHER;
            case "prepare" -> prepare();
            case "execute" -> execute();
            case "explain", "create" -> executeWithin();
            case "listen" -> named(1, SqlStatement.Listen::new);
            case "unlisten" ->
                tokens.isSymbol(1, '*') ? at(2, new SqlStatement.UnlistenAll()) : named(1, SqlStatement.Unlisten::new);
            case "notify" -> sendsNotification();
            case "set", "reset" -> new SettingParser(tokens).parse();
            case "begin" -> begin(1);
            case "start" -> tokens.isKeyword(1, "transaction") ? begin(2) : SqlStatements.OTHER;
            case "commit", "end" -> at(behindTransaction(), new SqlStatement.Commit());
            case "abort" -> at(behindTransaction(), new SqlStatement.Rollback());
            case "rollback" -> rollback();
            case "savepoint" -> named(1, SqlStatement.Savepoint::new);
            case "release" -> named(behindOptional("savepoint", 1), SqlStatement.Release::new);
            default -> SqlStatements.OTHER;
        };
    }

    /// The statement, if the text ends here.
    private SqlStatement at(int index, SqlStatement statement) {
        return tokens.isEnd(index) ? statement : SqlStatements.OTHER;
    }

    /// The statement made of the name that must be the last token.
    private SqlStatement named(int index, Function<String, SqlStatement> make) {
        String name = tokens.name(index);
        return name != null ? at(index + 1, make.apply(name)) : SqlStatements.OTHER;
    }

    /// Steps over a keyword that may be left out, but is the name itself if it is last.
    private int behindOptional(String keyword, int index) {
        return tokens.isKeyword(index, keyword) && !tokens.isEnd(index + 1) ? index + 1 : index;
    }

    private SqlStatement deallocate() {
        int name = behindOptional("prepare", 1);
        return tokens.isKeyword(name, "all")
                ? at(name + 1, new SqlStatement.DeallocateAll())
                : named(name, statement -> new SqlStatement.Deallocate(statement, tokens.at(name), tokens.end(name)));
    }

    private SqlStatement prepare() {
        String name = tokens.name(1);
        if (name == null || !(tokens.isKeyword(2, "as") || tokens.isSymbol(2, '('))) {
            return SqlStatements.OTHER;
        }
        return new SqlStatement.Prepare(name, tokens.at(1), tokens.end(1), tokens.end());
    }

    private SqlStatement execute() {
        String name = tokens.name(1);
        if (name == null || !(tokens.isEnd(2) || tokens.isSymbol(2, '('))) {
            return SqlStatements.OTHER;
        }
        return new SqlStatement.Execute(name, tokens.at(1), tokens.end(1), tokens.end());
    }

    /// EXPLAIN … EXECUTE and CREATE TABLE … AS EXECUTE: the first word that can be nothing else.
    private SqlStatement executeWithin() {
        for (int i = 1; !tokens.isEnd(i) && i < StatementTokens.TOKENS_MAX; i++) {
            if (tokens.isKeyword(i, "execute") && introducesExecute(i - 1)) {
                String name = tokens.name(i + 1);
                boolean certain = tokens.isEnd(i + 2) || tokens.isSymbol(i + 2, '(') || tokens.isKeyword(i + 2, "with");
                return name != null && certain
                        ? new SqlStatement.Execute(name, tokens.at(i + 1), tokens.end(i + 1), tokens.end())
                        : SqlStatements.OTHER;
            }
        }
        return SqlStatements.OTHER;
    }

    private boolean introducesExecute(int index) {
        return tokens.isSymbol(index, ')')
                || tokens.isKeyword(index, "explain")
                || tokens.isKeyword(index, "analyze")
                || tokens.isKeyword(index, "verbose")
                || tokens.isKeyword(index, "as");
    }

    private SqlStatement sendsNotification() {
        @Nullable String channel = tokens.name(1);
        if (channel == null) {
            return SqlStatements.OTHER;
        }
        if (tokens.isEnd(2)) {
            return new SqlStatement.Notify(channel, "");
        }
        @Nullable String payload = tokens.isSymbol(2, ',') ? tokens.string(3) : null;
        return payload != null ? at(4, new SqlStatement.Notify(channel, payload)) : SqlStatements.OTHER;
    }

    private SqlStatement begin(int index) {
        int i = index;
        while (TRANSACTION_OPTIONS.contains(tokens.keyword(i)) || tokens.isSymbol(i, ',')) {
            i++;
        }
        return at(i, new SqlStatement.Begin());
    }

    private SqlStatement rollback() {
        int to = behindWork();
        if (!tokens.isKeyword(to, "to")) {
            return at(behindTransaction(), new SqlStatement.Rollback());
        }
        return named(behindOptional("savepoint", to + 1), SqlStatement.RollbackTo::new);
    }

    private int behindWork() {
        return tokens.isKeyword(1, "work") || tokens.isKeyword(1, "transaction") ? 2 : 1;
    }

    private int behindTransaction() {
        int i = behindWork();
        boolean noChain =
                tokens.isKeyword(i, "and") && tokens.isKeyword(i + 1, "no") && tokens.isKeyword(i + 2, "chain");
        return noChain ? i + 3 : i;
    }
}
