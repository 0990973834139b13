package dev.weir.console.command;

import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.ShutdownMode;
import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The console's grammar: one command in words of any case, with what PostgreSQL's own tools put around it (comments,
/// blanks, a semicolon), and the questions that drivers ask of their own accord. Pure functions.
public final class CommandParser {

    /// Longest argument in bytes, as in PgBouncer.
    private static final int ARGUMENT_MAX = 63;

    /// Longest command in bytes, as in PgBouncer.
    private static final int COMMAND_MAX = 15;

    private final Statement statement;
    private final Cursor cursor;

    private CommandParser(Statement statement) {
        this.statement = statement;
        this.cursor = new Cursor(statement.tokens());
    }

    /// The commands of a query; none when it holds nothing but blanks, comments and semicolons.
    ///
    /// @param parameters values of `$1`, `$2` …
    /// @throws CommandRefused if one of them is not a command
    public static List<Command> parse(String query, List<@Nullable String> parameters) {
        return Lexer.statements(query).stream()
                .map(statement -> new CommandParser(statement.bind(parameters)).command())
                .toList();
    }

    /// The commands of a query whose parameters have no values yet.
    ///
    /// @throws CommandRefused if one of them is not a command
    public static List<Command> parseUnbound(String query) {
        return Lexer.statements(query).stream()
                .map(statement -> new CommandParser(statement).command())
                .toList();
    }

    /// How many parameters a query has.
    ///
    /// @throws CommandRefused if it cannot be read
    public static int parameterCount(String query) {
        return Lexer.statements(query).stream()
                .mapToInt(Statement::parameterCount)
                .max()
                .orElse(0);
    }

    private Command command() {
        Token first = cursor.next();
        Command command = first != null && first.kind() == Token.Kind.WORD ? dispatch(first.upper()) : null;
        if (command == null) {
            if (first != null && first.kind() == Token.Kind.WORD && isTooLong(first)) {
                throw new CommandRefused("bad arguments");
            }
            throw UnknownCommand.refusal(statement);
        }
        return command;
    }

    /// Only PgBouncer's own kind of command: a word, and perhaps another.
    private boolean isTooLong(Token first) {
        List<Token> tokens = statement.tokens();
        return tokens.size() <= 2
                && (bytes(first) > COMMAND_MAX || (tokens.size() == 2 && bytes(tokens.getLast()) > ARGUMENT_MAX));
    }

    private static int bytes(Token token) {
        return token.text().getBytes(StandardCharsets.UTF_8).length;
    }

    private @Nullable Command dispatch(String keyword) {
        return switch (keyword) {
            case "SHOW" -> show();
            case "SELECT" -> select();
            case "PAUSE" -> optional(Command.Pause::new);
            case "RESUME" -> optional(Command.Resume::new);
            case "RECONNECT" -> optional(Command.Reconnect::new);
            case "KILL" -> optional(Command.Kill::new);
            case "WAIT_CLOSE" -> optional(Command.WaitClose::new);
            case "DISABLE" -> required("a database is required", Command.Disable::new);
            case "ENABLE" -> required("a database is required", Command.Enable::new);
            case "KILL_CLIENT" -> required("invalid client pointer supplied", Command.KillClient::new);
            case "SUSPEND" -> alone(new Command.Suspend());
            case "RELOAD" -> alone(new Command.Reload());
            case "SHUTDOWN" -> shutdown();
            case "RESET" ->
                cursor.skip("QUERIES") ? alone(new Command.ResetQueries()) : TransactionControl.parse(keyword, cursor);
            case "SET" -> SetParser.parse(statement, cursor);
            default -> TransactionControl.parse(keyword, cursor);
        };
    }

    private @Nullable Command show() {
        if (cursor.skipAll("TRANSACTION", "ISOLATION", "LEVEL")) {
            return alone(parameter("transaction_isolation", "read committed"));
        }
        if (cursor.skipAll("TIME", "ZONE")) {
            return alone(parameter("TimeZone", "GMT"));
        }
        Token word = cursor.next();
        if (word == null || !word.isName()) {
            return null;
        }
        if (word.is("HELP")) {
            return alone(new Command.Help());
        }
        Topic topic = Topics.find(word.text());
        if (topic != null) {
            return alone(new Command.Show(topic));
        }
        if (bytes(word) > ARGUMENT_MAX) {
            throw new CommandRefused("bad arguments");
        }
        String value = SessionParameters.find(word.text());
        return alone(value == null ? new Command.ShowSetting(word.lower()) : parameter(word.lower(), value));
    }

    private static Command parameter(String name, String value) {
        Column column = new Column(name, ColumnType.TEXT, "");
        return new Command.Known(new Table(List.of(column), List.of(List.of(value))), "SHOW");
    }

    /// `SELECT pools` and `SELECT * FROM pools` both mean `SHOW POOLS`.
    private @Nullable Command select() {
        Topic topic = selectedTopic();
        if (topic != null) {
            return new Command.Show(topic);
        }
        Table catalog = CatalogQuery.evaluate(statement.tokens());
        if (catalog != null) {
            return new Command.Known(catalog, "SELECT 0");
        }
        Table row = SelectList.evaluate(cursor);
        return row == null ? null : new Command.Known(row, "SELECT 1");
    }

    private @Nullable Topic selectedTopic() {
        List<Token> tokens = statement.tokens();
        boolean star = tokens.size() == 4
                && tokens.get(1).isSymbol("*")
                && tokens.get(2).is("FROM");
        return tokens.size() == 2 || star ? Topics.find(tokens.getLast().text()) : null;
    }

    private @Nullable Command shutdown() {
        if (cursor.skip("WAIT_FOR_SERVERS")) {
            return alone(new Command.Shutdown(ShutdownMode.WAIT_FOR_SERVERS));
        }
        if (cursor.skip("WAIT_FOR_CLIENTS")) {
            return alone(new Command.Shutdown(ShutdownMode.WAIT_FOR_CLIENTS));
        }
        if (cursor.skip("HANDED_OVER")) {
            return alone(new Command.Shutdown(ShutdownMode.HANDED_OVER));
        }
        return alone(new Command.Shutdown(ShutdownMode.IMMEDIATE));
    }

    private @Nullable Command optional(Function<@Nullable String, Command> command) {
        return alone(command.apply(argument()));
    }

    private @Nullable Command required(String refusal, Function<String, Command> command) {
        String argument = argument();
        if (argument == null) {
            throw new CommandRefused(refusal);
        }
        return alone(command.apply(argument));
    }

    private @Nullable String argument() {
        Token token = cursor.peek();
        if (token == null || token.kind() == Token.Kind.SYMBOL) {
            return null;
        }
        cursor.next();
        if (bytes(token) > ARGUMENT_MAX) {
            throw new CommandRefused("bad arguments");
        }
        return token.text();
    }

    private @Nullable Command alone(Command command) {
        return cursor.atEnd() ? command : null;
    }
}
