package dev.weir.proxy.loadtest;

import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/// What clients ask: requests of one or more statements, each with its share. Needs no tables. Immutable.
///
/// @param name as in the report
/// @param choices what there is to choose from
public record Workload(String name, List<Choice> choices) {

    private static final String COMPLEX = "SELECT n % 10 AS bucket, count(*), round(avg(n), 2), round(stddev(n), 2)"
            + " FROM generate_series(1, 2000) AS n GROUP BY bucket ORDER BY bucket";

    /// A request.
    ///
    /// @param share how often it is chosen, compared with the others
    /// @param statements in order; more than one are a transaction unless they begin one themselves
    /// @param transaction whether they are to be put into a transaction
    public record Choice(int share, List<String> statements, boolean transaction) {}

    /// A round trip and next to nothing for PostgreSQL to do.
    public static Workload simple() {
        return new Workload("simple", List.of(alone(1, "SELECT 1")));
    }

    /// An aggregation that keeps PostgreSQL busy for a millisecond or so.
    public static Workload complex() {
        return new Workload("complex", List.of(alone(1, COMPLEX)));
    }

    /// Seven in ten simple, two complex, one a transaction in which the client has a server for some time.
    public static Workload mixed() {
        return new Workload(
                "mixed",
                List.of(
                        alone(7, "SELECT 1"),
                        alone(2, COMPLEX),
                        new Choice(1, List.of("SELECT 1", COMPLEX, "SELECT pg_sleep(0.01)"), true)));
    }

    /// The statements of a file, one after the other, as one request; transactions are the file's own.
    ///
    /// @throws IOException if it cannot be read
    /// @throws IllegalArgumentException if it holds no statement, or the last is cut off
    public static Workload of(Path file) throws IOException {
        byte[] text = Files.readAllBytes(file);
        List<String> statements = SqlStatements.texts(text, SqlDialect.USUAL).stream()
                .map(statement -> new String(statement, StandardCharsets.UTF_8).strip())
                .toList();
        if (statements.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no complete statement");
        }
        return new Workload(String.valueOf(file.getFileName()), List.of(new Choice(1, List.copyOf(statements), false)));
    }

    private static Choice alone(int share, String statement) {
        return new Choice(share, List.of(statement), false);
    }

    /// The next request.
    Choice next(RandomGenerator random) {
        if (choices.size() == 1) {
            return choices.getFirst();
        }
        int left = random.nextInt(choices.stream().mapToInt(Choice::share).sum());
        for (Choice choice : choices) {
            left -= choice.share();
            if (left < 0) {
                return choice;
            }
        }
        throw new IllegalStateException("shares that do not add up");
    }
}
