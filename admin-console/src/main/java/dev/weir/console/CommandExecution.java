package dev.weir.console;

import dev.weir.console.command.ClosestMatch;
import dev.weir.console.command.Command;
import dev.weir.console.command.UnknownCommand;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.PendingAction;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.ReloadReport;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.show.AdminDatabase;
import dev.weir.console.show.ShowSource;
import dev.weir.console.show.Topic;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out one command. Thread-safe.
final class CommandExecution implements Execution {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandExecution.class);

    private final ConsoleUser user;
    private final ShowSource source;
    private final PoolerControl control;
    private final CompletableFuture<ConsoleReply> reply = new CompletableFuture<>();
    private volatile @Nullable PendingAction pending;

    private CommandExecution(ConsoleUser user, ShowSource source, PoolerControl control) {
        this.user = user;
        this.source = source;
        this.control = control;
    }

    static Execution start(Command command, ConsoleUser user, ShowSource source, PoolerControl control) {
        CommandExecution execution = new CommandExecution(user, source, control);
        CompletionStage<ConsoleReply> started;
        try {
            started = execution.carryOut(command);
        } catch (RuntimeException e) {
            started = CompletableFuture.failedStage(e);
        }
        started.whenComplete(execution::finish);
        return execution;
    }

    @Override
    public CompletionStage<ConsoleReply> reply() {
        return reply.minimalCompletionStage();
    }

    @Override
    public void cancel() {
        PendingAction action = pending;
        if (action != null
                && reply.complete(
                        new ConsoleReply.Refused("57014", "canceling statement due to user request", null, null))) {
            action.undo();
        }
    }

    private CompletionStage<ConsoleReply> carryOut(Command command) {
        return switch (command) {
            case Command.Help _ -> completed("SHOW", new Notice("Console usage", UnknownCommand.usage()));
            case Command.Show show -> show(show.topic());
            case Command.ShowSetting setting -> showSetting(setting.key());
            case Command.Known known -> reply(new ConsoleReply.Rows(known.table(), known.tag()));
            case Command.SessionSet set ->
                set.tag().equals("SET") ? completed("SET", new Notice("SET ignored", null)) : completed(set.tag());
            case Command.Transaction transaction ->
                reply(new ConsoleReply.TransactionChanged(transaction.tag(), transaction.change()));
            case Command.Pause _,
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
                    Command.Set _ -> act(command);
        };
    }

    private CompletionStage<ConsoleReply> act(Command command) {
        requireAdmin();
        String issued = issued(command);
        if (issued != null) {
            LOGGER.info("{} command issued", issued);
        }
        return switch (command) {
            case Command.Pause c -> await("PAUSE", control.pause(real("pause", c.database())));
            case Command.Resume c -> done("RESUME", control.resume(resumable(c.database())));
            case Command.Suspend _ -> await("SUSPEND", control.suspend());
            case Command.Reconnect c -> done("RECONNECT", control.reconnect(real("reconnect", c.database())));
            case Command.Reload _ -> told("RELOAD", control.reload());
            case Command.Disable c -> {
                requireReal("disable", c.database());
                yield done("DISABLE", control.disable(c.database()));
            }
            case Command.Enable c -> {
                requireReal("enable", c.database());
                yield done("ENABLE", control.enable(c.database()));
            }
            case Command.Kill c -> done("KILL", control.kill(real("kill", c.database())));
            case Command.KillClient c -> done("KILL_CLIENT", control.killClient(clientId(c.id())));
            case Command.WaitClose c -> await("WAIT_CLOSE", control.waitClose(real("wait in", c.database())));
            case Command.ResetQueries _ -> done("RESET", control.resetQueries());
            case Command.Shutdown c -> done("SHUTDOWN", control.shutdown(c.mode()));
            case Command.Set c -> set(c.key(), c.value());
            case Command.Help _,
                    Command.Show _,
                    Command.ShowSetting _,
                    Command.Known _,
                    Command.SessionSet _,
                    Command.Transaction _ -> throw new IllegalArgumentException("not an action: " + command);
        };
    }

    /// How the log names what is ordered, in PgBouncer's words; null for what it does not tell.
    private static @Nullable String issued(Command command) {
        return switch (command) {
            case Command.Pause c -> about("PAUSE", c.database());
            case Command.Resume c -> about("RESUME", c.database());
            case Command.Suspend _ -> "SUSPEND";
            case Command.Reconnect c -> about("RECONNECT", c.database());
            case Command.Reload _ -> "RELOAD";
            case Command.Disable c -> about("DISABLE", c.database());
            case Command.Enable c -> about("ENABLE", c.database());
            case Command.Kill c -> about("KILL", c.database());
            case Command.WaitClose c -> about("WAIT_CLOSE", c.database());
            case Command.ResetQueries _ -> "RESET QUERIES";
            case Command.Shutdown _ -> "SHUTDOWN";
            case Command.KillClient _,
                    Command.Set _,
                    Command.Help _,
                    Command.Show _,
                    Command.ShowSetting _,
                    Command.Known _,
                    Command.SessionSet _,
                    Command.Transaction _ -> null;
        };
    }

    private static String about(String command, @Nullable String database) {
        return database == null ? command : command + " '" + database + "'";
    }

    private CompletionStage<ConsoleReply> show(Topic topic) {
        if (topic.adminOnly()) {
            requireAdmin();
        }
        return topic.read(source).thenApply(table -> new ConsoleReply.Rows(table, "SHOW", topic.descriptors(table)));
    }

    private CompletionStage<ConsoleReply> showSetting(String key) {
        return source.view().settings().thenApply(settings -> {
            SettingSnapshot setting = find(settings, key);
            if (setting == null) {
                throw UnknownCommand.topicRefusal(
                        key, settings.stream().map(SettingSnapshot::key).toList());
            }
            Column column = new Column(setting.key(), ColumnType.TEXT, "");
            return new ConsoleReply.Rows(new Table(List.of(column), List.of(List.of(setting.value()))), "SHOW");
        });
    }

    private CompletionStage<ConsoleReply> set(String key, String value) {
        String tag = "SET " + key + "=" + value;
        return source.view().settings().thenCompose(settings -> {
            SettingSnapshot setting = find(settings, key);
            if (setting == null) {
                String meant = ClosestMatch.find(
                        key, settings.stream().map(SettingSnapshot::key).toList());
                throw new CommandRefused(
                        "08P01",
                        "SET failed",
                        "There is no setting \"" + key + "\".",
                        meant == null ? null : "Perhaps you meant \"" + meant + "\".");
            }
            return setting.changeable()
                    ? told(tag, control.set(key, value))
                    : completed(tag, new Notice("\"" + key + "\" cannot be changed without a restart", null));
        });
    }

    private static @Nullable SettingSnapshot find(List<SettingSnapshot> settings, String key) {
        return settings.stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    private CompletionStage<ConsoleReply> await(String tag, PendingAction action) {
        pending = action;
        return done(tag, action.done());
    }

    private static CompletionStage<ConsoleReply> done(String tag, CompletionStage<Void> action) {
        return action.thenApply(_ -> new ConsoleReply.Completed(tag, List.of()));
    }

    private static CompletionStage<ConsoleReply> told(String tag, CompletionStage<ReloadReport> action) {
        return action.thenApply(report -> new ConsoleReply.Completed(
                tag,
                report.notices().stream().map(text -> new Notice(text, null)).toList()));
    }

    private static CompletionStage<ConsoleReply> completed(String tag, Notice... notices) {
        return reply(new ConsoleReply.Completed(tag, List.of(notices)));
    }

    private static CompletionStage<ConsoleReply> reply(ConsoleReply reply) {
        return CompletableFuture.completedStage(reply);
    }

    private void requireAdmin() {
        if (!user.admin()) {
            throw new CommandRefused("admin access needed");
        }
    }

    private static @Nullable String resumable(@Nullable String database) {
        if (AdminDatabase.NAME.equals(database)) {
            throw new CommandRefused("database " + database + " is not paused");
        }
        return database;
    }

    private static @Nullable String real(String verb, @Nullable String database) {
        if (database != null) {
            requireReal(verb, database);
        }
        return database;
    }

    private static void requireReal(String verb, String database) {
        if (database.equals(AdminDatabase.NAME)) {
            throw new CommandRefused("cannot " + verb + " admin db: " + database);
        }
    }

    /// The `id` of `SHOW CLIENTS`, or its `ptr`, which is the same number in another dress.
    private static long clientId(String text) {
        try {
            return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new CommandRefused("invalid client pointer supplied");
        }
    }

    private void finish(@Nullable ConsoleReply outcome, @Nullable Throwable failure) {
        reply.complete(outcome != null ? outcome : refusal(failure));
    }

    private static ConsoleReply refusal(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CommandRefused refused) {
            return ConsoleReply.Refused.of(refused);
        }
        LOGGER.error("console command failed", cause);
        return new ConsoleReply.Refused("XX000", "internal error, see log for details", null, null);
    }
}
