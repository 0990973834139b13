package dev.weir.console.command;

import dev.weir.console.port.CommandRefused;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What stands behind the word `SET`.
final class SetParser {

    /// Longest value in bytes, as in PgBouncer.
    private static final int VALUE_MAX = 255;

    private final Statement statement;
    private final Cursor cursor;

    private SetParser(Statement statement, Cursor cursor) {
        this.statement = statement;
        this.cursor = cursor;
    }

    /// The command; `null` when it is none.
    ///
    /// @param cursor behind the word `SET`
    static @Nullable Command parse(Statement statement, Cursor cursor) {
        return new SetParser(statement, cursor).run();
    }

    private @Nullable Command run() {
        if (cursor.skipAll("SESSION", "CHARACTERISTICS")
                || cursor.skipAll("SESSION", "AUTHORIZATION")
                || cursor.skip("TRANSACTION")
                || cursor.skip("NAMES")
                || cursor.skip("ROLE")
                || cursor.skipAll("TIME", "ZONE")) {
            return new Command.SessionSet("SET");
        }
        boolean ofSession = cursor.skip("SESSION") || cursor.skip("LOCAL");
        Token key = cursor.next();
        if (key == null || !key.isName() || !(cursor.skipSymbol("=") || cursor.skip("TO")) || cursor.atEnd()) {
            return null;
        }
        if (ofSession || SessionParameters.isSettable(key.text())) {
            return new Command.SessionSet("SET");
        }
        return new Command.Set(key.kind() == Token.Kind.NAME ? key.text() : key.lower(), value());
    }

    /// A value in quotes, or all that is left: `SET admin_users = a, b` needs none.
    private String value() {
        Token first = cursor.next();
        if (first == null) {
            throw new IllegalStateException("no value");
        }
        boolean quoted = first.kind() == Token.Kind.STRING || first.kind() == Token.Kind.NAME;
        String value = quoted && cursor.atEnd()
                ? first.text()
                : statement.query().substring(first.start(), lastEnd()).strip();
        if (value.getBytes(StandardCharsets.UTF_8).length > VALUE_MAX) {
            throw new CommandRefused("bad arguments");
        }
        return value;
    }

    private int lastEnd() {
        return statement.tokens().getLast().end();
    }
}
