package dev.weir.config.check;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.Origin;
import dev.weir.config.PeerConfig;
import dev.weir.config.UserConfig;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.RawBlock;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.Scope;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Turns the raw entries of `[databases]`, `[users]` and `[peers]` into typed ones and reports all that cannot be.
final class EntryChecker {
    private static final SecretFile PASSWORD = new SecretFile(AuthSettings.PASSWORD_FILE, AuthSettings.PASSWORD);
    private static final String CONSOLE_DATABASE = "pgbouncer";
    private static final int PEER_ID_MAX = 65_535;
    private static final int DATABASE_NAME_BYTES_MAX = 63;
    private static final int USER_NAME_BYTES_MAX = 127;

    private final FileLookup files;
    private final Environment environment;
    private final Problems problems;

    EntryChecker(FileLookup files, Environment environment, Problems problems) {
        this.files = files;
        this.environment = environment;
        this.problems = problems;
    }

    /// The databases by name, the `*` entry among them.
    Map<String, DatabaseConfig> databases(List<RawBlock> blocks) {
        return byName(blocks, "databases.", this::database);
    }

    Map<String, UserConfig> users(List<RawBlock> blocks) {
        return byName(blocks, "users.", this::user);
    }

    Map<Integer, PeerConfig> peers(List<RawBlock> blocks) {
        Map<Integer, PeerConfig> peers = new LinkedHashMap<>();
        for (RawBlock block : blocks) {
            CheckedValues checked = values(Scope.PEER, "peers.", block);
            String key = "peers." + block.name();
            int id = block.name().matches("[0-9]{1,5}") ? Integer.parseInt(block.name()) : 0;
            if (id < 1 || id > PEER_ID_MAX) {
                problems.add(Problem.error(block.origin(), key, "a peer's name is its number, 1 to " + PEER_ID_MAX));
            } else if (checked.values().get(DatabaseSettings.HOST).isEmpty()) {
                problems.add(Problem.error(block.origin(), key, "host is needed: a name, an address or a directory"));
            } else {
                PeerConfig earlier = peers.put(id, new PeerConfig(id, block.origin(), checked.values()));
                if (earlier != null) {
                    problems.add(Problem.warning(
                            block.origin(), key, "already given at " + earlier.origin() + "; this one counts"));
                }
            }
        }
        return peers;
    }

    private <E> Map<String, E> byName(List<RawBlock> blocks, String prefix, Function<RawBlock, E> entry) {
        Map<String, E> entries = new LinkedHashMap<>();
        Map<String, Origin> origins = new LinkedHashMap<>();
        for (RawBlock block : blocks) {
            Origin earlier = origins.put(block.name(), block.origin());
            if (earlier != null) {
                problems.add(Problem.warning(
                        block.origin(), prefix + block.name(), "already given at " + earlier + "; this one counts"));
            }
            entries.put(block.name(), entry.apply(block));
        }
        return entries;
    }

    private DatabaseConfig database(RawBlock block) {
        name(block, "databases.", DATABASE_NAME_BYTES_MAX);
        if (block.name().equals(CONSOLE_DATABASE)) {
            problems.add(Problem.error(
                    block.origin(), "databases." + block.name(), "the name is reserved for the admin console"));
        }
        CheckedValues checked = withPassword(values(Scope.DATABASE, "databases.", block), "databases.", block);
        return new DatabaseConfig(block.name(), false, block.origin(), checked.values());
    }

    private UserConfig user(RawBlock block) {
        name(block, "users.", USER_NAME_BYTES_MAX);
        CheckedValues checked = withPassword(values(Scope.USER, "users.", block), "users.", block);
        return new UserConfig(block.name(), block.origin(), checked.values());
    }

    private CheckedValues values(Scope scope, String prefix, RawBlock block) {
        return ValueChecker.check(
                scope, prefix + block.name() + ".", files.format(), block.settings(), environment, problems);
    }

    private void name(RawBlock block, String prefix, int maxBytes) {
        int bytes = block.name().getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > maxBytes || block.name().indexOf('\0') >= 0) {
            String shown =
                    block.name().length() <= 100 ? block.name() : block.name().substring(0, 100) + "…";
            problems.add(Problem.error(
                    block.origin(), prefix + shown, "the name is to have 1 to " + maxBytes + " bytes and no NUL"));
        }
    }

    /// What is given of `password`, `password_file` and `password_command`, of which only one can count.
    private CheckedValues withPassword(CheckedValues checked, String prefix, RawBlock block) {
        if (!checked.values().get(AuthSettings.PASSWORD_COMMAND).isEmpty()
                && (checked.values().has(AuthSettings.PASSWORD)
                        || checked.values().has(AuthSettings.PASSWORD_FILE))) {
            problems.add(Problem.error(
                    checked.originOf(AuthSettings.PASSWORD_COMMAND, block.origin()),
                    prefix + block.name() + "." + AuthSettings.PASSWORD_COMMAND,
                    "password or password_file is given as well; only one of them can count"));
        }
        return withPasswordFile(checked, prefix, block);
    }

    private CheckedValues withPasswordFile(CheckedValues checked, String prefix, RawBlock block) {
        return PASSWORD.read(checked, prefix + block.name() + ".", block.origin(), files, problems);
    }
}
