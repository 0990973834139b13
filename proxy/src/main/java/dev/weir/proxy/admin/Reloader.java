package dev.weir.proxy.admin;

import dev.weir.config.PasswordPlace;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.check.SetCommand;
import dev.weir.config.diff.Change;
import dev.weir.config.diff.ConfigDiff;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.ReloadReport;
import dev.weir.proxy.auth.token.ChangingPasswords;
import dev.weir.proxy.log.ProcessLog;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts another configuration in force, wholly or not at all. Blocks while it reads files: for background threads.
/// Reloads wait for one another.
public final class Reloader {

    private static final Logger LOGGER = LoggerFactory.getLogger(Reloader.class);

    private final AtomicReference<WeirConfig> current;
    private final Path file;
    private final Map<String, String> environment;
    private final TlsContexts tls;
    private final Consumer<List<Change>> apply;
    private final ChangingPasswords passwords = new ChangingPasswords();

    /// @param apply brings everything in line when the new configuration is in force
    Reloader(
            AtomicReference<WeirConfig> current,
            Path file,
            Map<String, String> environment,
            TlsContexts tls,
            Consumer<List<Change>> apply) {
        this.current = current;
        this.file = file;
        this.environment = environment;
        this.tls = tls;
        this.apply = apply;
    }

    /// Reads the files anew.
    ///
    /// @throws CommandRefused if they have an error; then nothing has changed
    synchronized ReloadReport reload() {
        Loaded loaded =
                ConfigLoader.load(fileToRead(), environment, current.get().userList());
        loaded.problems().forEach(problem -> {
            if (problem.isError()) {
                LOGGER.error("{}", problem);
            } else {
                LOGGER.warn("{}", problem);
            }
        });
        WeirConfig read = loaded.config();
        if (read == null) {
            throw new CommandRefused(
                    "F0000",
                    "RELOAD failed, see logs for additional details",
                    loaded.errors().isEmpty()
                            ? null
                            : loaded.errors().getFirst().toString(),
                    null);
        }
        try {
            return putInForce(passwords.completed(read));
        } catch (TlsRefused e) {
            LOGGER.error("{}: error: {}", read.file(), e.getMessage());
            throw new CommandRefused("F0000", "RELOAD failed, see logs for additional details", e.getMessage(), null);
        }
    }

    /// The file that the process was started with, unless `conffile` leads elsewhere.
    private Path fileToRead() {
        String told = current.get().get(GeneralSettings.CONFFILE);
        return told.isEmpty() ? file : Path.of(told);
    }

    /// Gets the passwords that commands make, at the start; a command that fails is run again soon.
    ///
    /// @return whether there are any
    synchronized boolean obtainPasswords() {
        WeirConfig before = current.get();
        WeirConfig completed = passwords.completed(before);
        current.set(completed);
        return !completed.equals(before);
    }

    /// Takes over passwords that have changed.
    ///
    /// @return whether there were any
    boolean refreshPasswords() {
        Map<PasswordPlace, Secret> changed = passwords.refreshed(current.get());
        if (changed.isEmpty()) {
            return false;
        }
        synchronized (this) {
            current.set(current.get().withPasswords(changed));
        }
        LOGGER.info("new passwords for {}", changed.keySet());
        return true;
    }

    /// `SET key = value`, until the next reload.
    synchronized ReloadReport set(String key, String value) {
        return switch (SetCommand.apply(current.get(), key, value)) {
            case SetCommand.Outcome.Changed(WeirConfig changed) -> {
                try {
                    putInForce(changed);
                } catch (TlsRefused e) {
                    throw new CommandRefused("08P01", "SET failed", key + ": " + e.getMessage(), null);
                }
                yield ReloadReport.NOTHING;
            }
            case SetCommand.Outcome.TlsKept(WeirConfig changed, String reason) -> {
                LOGGER.warn("{}: {}", key, reason);
                try {
                    putInForce(changed);
                } catch (TlsRefused e) {
                    throw new CommandRefused("08P01", "SET failed", key + ": " + e.getMessage(), null);
                }
                yield new ReloadReport(List.of("TLS settings could not be applied, still using old configuration"));
            }
            case SetCommand.Outcome.NeedsRestart(var setting) ->
                new ReloadReport(List.of(setting.name() + " cannot be changed without a restart"));
            case SetCommand.Outcome.Refused(String reason, String suggestion) ->
                throw new CommandRefused(
                        "08P01",
                        "SET failed",
                        key + ": " + reason,
                        suggestion == null ? null : "Perhaps you mean " + suggestion + ".");
        };
    }

    private ReloadReport putInForce(WeirConfig next) throws TlsRefused {
        WeirConfig before = current.get();
        List<Change> changes = ConfigDiff.between(before, next);
        WeirConfig applicable = ConfigDiff.applicable(before, next);
        TlsContexts.Prepared prepared = tls.prepare(applicable);
        current.set(applicable);
        tls.putInForce(prepared);
        apply.accept(changes);
        ProcessLog.reload(current.get());
        List<String> notices = changes.stream().map(Change::description).toList();
        notices.forEach(notice -> LOGGER.info("configuration: {}", notice));
        return new ReloadReport(notices);
    }
}
