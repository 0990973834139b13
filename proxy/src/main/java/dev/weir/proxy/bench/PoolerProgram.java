package dev.weir.proxy.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A pooler that can be started with an ini file.
///
/// @param label what the report calls it
/// @param command the words before the name of the file
/// @param environment more variables for it
/// @param settings more lines of its section `[pgbouncer]`, which others would not know
record PoolerProgram(String label, List<String> command, Map<String, String> environment, List<String> settings) {

    private static final Pattern PGBOUNCER = Pattern.compile("PgBouncer 1\\.([0-9]+).*");
    /// The minor version of 1 from which on it follows prepared statements.
    private static final int WITH_PREPARED_STATEMENTS = 21;

    /// Stands in the settings for a port that nobody has.
    static final String FREE_PORT = "FREE_PORT";

    PoolerProgram {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        settings = List.copyOf(settings);
    }

    /// Weir from the launcher of a distribution, on the JDK that we run on. Console and metrics are on, as they are
    /// unless somebody turns them off, at ports that nobody has.
    static PoolerProgram weir(String label, Path launcher) {
        return new PoolerProgram(
                label,
                List.of(launcher.toString(), "run"),
                Map.of("WEIR_JAVA_HOME", System.getProperty("java.home")),
                List.of("console_listen_port = " + FREE_PORT, "metrics_listen_port = " + FREE_PORT));
    }

    /// PgBouncer.
    ///
    /// @param account whom it becomes where this is root, whom it refuses to be
    static PoolerProgram pgbouncer(Path program, String version, String account) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", account));
        }
        return new PoolerProgram(version, command, Map.of(), preparedStatements(version));
    }

    private static List<String> preparedStatements(String version) {
        Matcher matcher = PGBOUNCER.matcher(version);
        boolean has = matcher.matches() && Integer.parseInt(matcher.group(1)) >= WITH_PREPARED_STATEMENTS;
        return has ? List.of("max_prepared_statements = 200") : List.of();
    }
}
