package dev.weir.proxy.auth.token;

import dev.weir.config.PasswordPlace;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.PasswordFile;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.setting.AuthSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the passwords of `password_command` and `password_file` up to date. What fails leaves the password before in
/// use, and is tried again soon. Blocks; thread-safe, though two calls at once may do the same work twice.
public final class ChangingPasswords {
    private static final Logger LOGGER = LoggerFactory.getLogger(ChangingPasswords.class);

    /// After a failure, unless the interval is shorter.
    private static final Duration RETRY = Duration.ofSeconds(5);

    /// So long before its end a token of a command is replaced, as a part of the time that is left.
    private static final int LEFT_PARTS = 4;

    private static final Duration NEVER = Duration.ofDays(36_500);

    /// What was last found at a source.
    ///
    /// @param secret null if nothing was ever found
    /// @param dueNanos when a command is to be run again; when what a file holds has had its time
    /// @param stamp how the file looked, empty for a command
    private record Found(PasswordSource source, @Nullable Secret secret, long dueNanos, String stamp) {}

    private final Map<PasswordPlace, Found> found = new ConcurrentHashMap<>();

    /// A configuration that was just read, with the passwords of its commands: those that run already, else new ones.
    public WeirConfig completed(WeirConfig read) {
        List<PasswordSource> sources = PasswordSource.of(read);
        found.keySet().retainAll(sources.stream().map(PasswordSource::place).toList());
        List<PasswordSource> unknown = new ArrayList<>();
        for (PasswordSource source : sources) {
            Found known = found.get(source.place());
            if (!source.isCommand()) {
                // Its password is in the configuration already.
                found.put(source.place(), ofFile(source, source.configured(read), stamp(read, source)));
            } else if (known == null
                    || known.secret() == null
                    || !known.source().leadsWhere(source)) {
                unknown.add(source);
            }
        }
        look(read, unknown);
        Map<PasswordPlace, Secret> secrets = new LinkedHashMap<>();
        for (PasswordSource source : sources) {
            Found known = found.get(source.place());
            if (source.isCommand() && known != null && known.secret() != null) {
                secrets.put(source.place(), known.secret());
            }
        }
        return read.withPasswords(secrets);
    }

    /// The passwords that have changed since they were last looked at.
    public Map<PasswordPlace, Secret> refreshed(WeirConfig config) {
        long now = System.nanoTime();
        List<PasswordSource> due = new ArrayList<>();
        Map<PasswordPlace, Secret> before = new LinkedHashMap<>();
        for (PasswordSource source : PasswordSource.of(config)) {
            Found known = found.get(source.place());
            if (known == null || isDue(config, source, known, now)) {
                due.add(source);
                if (known != null && known.secret() != null) {
                    before.put(source.place(), known.secret());
                }
            }
        }
        warnOfEnds(config, now);
        look(config, due);
        Map<PasswordPlace, Secret> changed = new LinkedHashMap<>();
        for (PasswordSource source : due) {
            Found known = found.get(source.place());
            Secret secret = known == null ? null : known.secret();
            if (secret != null && !secret.equals(before.get(source.place()))) {
                changed.put(source.place(), secret);
            }
        }
        return changed;
    }

    private static boolean isDue(WeirConfig config, PasswordSource source, Found known, long now) {
        return source.isCommand()
                ? now - known.dueNanos() >= 0
                : !stamp(config, source).equals(known.stamp());
    }

    /// Whoever writes a file should have written it anew before what it holds has had its time.
    private void warnOfEnds(WeirConfig config, long now) {
        found.replaceAll((place, known) -> {
            if (known.source().isCommand()
                    || now - known.dueNanos() < 0
                    || !stamp(config, known.source()).equals(known.stamp())) {
                return known;
            }
            LOGGER.warn("{}: the token in it has expired", known.source());
            return new Found(known.source(), known.secret(), now + NEVER.toNanos(), known.stamp());
        });
    }

    /// Looks at several at once.
    private void look(WeirConfig config, List<PasswordSource> sources) {
        if (sources.isEmpty()) {
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            sources.forEach(source -> threads.submit(() -> found.compute(
                    source.place(),
                    (place, known) -> source.isCommand() ? run(config, source, known) : read(config, source, known))));
        }
    }

    private static Found run(WeirConfig config, PasswordSource source, @Nullable Found known) {
        try {
            Secret secret = PasswordCommand.run(source.command(), config.get(AuthSettings.PASSWORD_COMMAND_TIMEOUT));
            return new Found(
                    source,
                    secret,
                    System.nanoTime() + untilNext(source, secret).toNanos(),
                    "");
        } catch (CommandFailed e) {
            Secret before = known == null || !known.source().leadsWhere(source) ? null : known.secret();
            complain(source, e.reason(), before);
            long pause = shorter(RETRY, source.interval()).toNanos();
            return new Found(source, before, System.nanoTime() + pause, "");
        }
    }

    private static Found read(WeirConfig config, PasswordSource source, @Nullable Found known) {
        String stamp = stamp(config, source);
        Secret before = known == null ? null : known.secret();
        try {
            return ofFile(source, PasswordFile.read(path(config, source)), stamp);
        } catch (UnreadableFile e) {
            complain(source, e.reason(), Secret.EMPTY);
            return ofFile(source, before, stamp);
        }
    }

    private static Found ofFile(PasswordSource source, @Nullable Secret secret, String stamp) {
        Instant end = secret == null ? null : TokenLife.end(secret);
        Duration left = end == null ? NEVER : Duration.between(Instant.now(), end);
        return new Found(
                source, secret, System.nanoTime() + shorter(left, NEVER).toNanos(), stamp);
    }

    /// When the command is to be run again: each interval, and in good time before what it gave has its end.
    private static Duration untilNext(PasswordSource source, Secret secret) {
        Instant end = TokenLife.end(secret);
        if (end == null) {
            return source.interval();
        }
        Duration left = Duration.between(Instant.now(), end);
        if (!left.isPositive()) {
            LOGGER.warn("{}: the token that it gave has expired at {}", source, end);
            return shorter(RETRY, source.interval());
        }
        return shorter(left.minus(left.dividedBy(LEFT_PARTS)), source.interval());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static void complain(PasswordSource source, String reason, @Nullable Secret before) {
        if (before == null) {
            LOGGER.error("{}: {}; there is no password", source, reason);
        } else {
            LOGGER.warn("{}: {}; the password before stays in use", source, reason);
        }
    }

    private static Path path(WeirConfig config, PasswordSource source) throws UnreadableFile {
        return new FileLookup(config.file(), config.format()).find(source.file());
    }

    /// What changes when a file does: also when another one is put in its place, or a link turned.
    private static String stamp(WeirConfig config, PasswordSource source) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path(config, source), BasicFileAttributes.class);
            return attributes.lastModifiedTime() + "/" + attributes.size() + "/" + attributes.fileKey();
        } catch (IOException | UnreadableFile _) {
            return "unreadable";
        }
    }
}
