package dev.weir.console;

import dev.weir.console.advice.Advisor;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.command.Command;
import dev.weir.console.command.CommandParser;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.PoolerView;
import dev.weir.console.show.ConsoleTraffic;
import dev.weir.console.show.ShowSource;
import dev.weir.console.show.StatsHistory;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The admin console, independent of how somebody reached it: takes queries, carries them out on a running pooler,
/// gives replies. Thread-safe; one serves all sessions.
public final class Console {

    private final PoolerView view;
    private final PoolerControl control;
    private final StatsHistory averages;
    private final ConsoleTraffic traffic = new ConsoleTraffic();
    private final AlertBoard alerts;
    private final Advisor advisor;

    /// A console of that pooler.
    ///
    /// @param nanoTime a clock like [System#nanoTime]
    /// @param alerts what SHOW ALERTS shows
    /// @param advisor what SHOW ADVICE asks
    public Console(PoolerView view, PoolerControl control, AlertBoard alerts, Advisor advisor, LongSupplier nanoTime) {
        this.view = view;
        this.alerts = alerts;
        this.advisor = advisor;
        this.control = control;
        this.averages = new StatsHistory(nanoTime);
    }

    /// The commands of a query, in order; none when it is empty.
    ///
    /// @param parameters values of `$1`, `$2` …
    /// @throws CommandRefused if the query cannot be understood; nothing of it is to be carried out then
    public List<Command> parse(String query, List<@Nullable String> parameters) {
        return CommandParser.parse(query, parameters);
    }

    /// What a query of the extended protocol takes and gives.
    ///
    /// @throws CommandRefused if it cannot be understood, or holds several commands
    public Description describe(String query) {
        List<Command> commands = CommandParser.parseUnbound(query);
        if (commands.size() > 1) {
            throw new CommandRefused("42601", "cannot insert multiple commands into a prepared statement", null, null);
        }
        return new Description(
                CommandParser.parameterCount(query),
                commands.isEmpty() ? null : columns(commands.getFirst()),
                commands.isEmpty());
    }

    /// Carries out one command.
    public Execution execute(Command command, ConsoleUser user) {
        traffic.commandExecuted();
        return CommandExecution.start(command, user, new ShowSource(view, averages, traffic, alerts, advisor), control);
    }

    /// Takes a reading of the counters, from which averages follow; to be called once every `stats_period`.
    ///
    /// @return the line that the log shows
    public CompletionStage<String> recordStats() {
        return view.stats().thenApply(averages::record);
    }

    private static @Nullable List<Column> columns(Command command) {
        return switch (command) {
            case Command.Show show -> show.topic().columns();
            case Command.ShowSetting setting -> List.of(new Column(setting.key(), ColumnType.TEXT, ""));
            case Command.Known known -> known.table().columns();
            case Command.Help _,
                    Command.Pause _,
                    Command.Resume _,
                    Command.Suspend _,
                    Command.Reconnect _,
                    Command.Reload _,
                    Command.Disable _,
                    Command.Enable _,
                    Command.Kill _,
                    Command.KillClient _,
                    Command.WaitClose _,
                    Command.ResetQueries _,
                    Command.Shutdown _,
                    Command.Set _,
                    Command.SessionSet _,
                    Command.Transaction _ -> null;
        };
    }
}
