package dev.weir.config.check;

import dev.weir.config.Compatibility;
import dev.weir.config.ConfigFormat;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Origin;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.access.AccessRules;
import dev.weir.config.read.ConfigReader;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.RawConfig;
import dev.weir.config.read.SyntaxProblem;
import dev.weir.config.read.TextFile;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.read.UserListReader;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.SettingValues;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Loads a configuration: all or nothing, with every problem at once. Reads files and thus blocks; keeps no state.
public final class ConfigLoader {
    private final Path file;
    private final Environment environment;
    private final UserList before;
    private final Problems problems = new Problems();

    private ConfigLoader(Path file, Environment environment, UserList before) {
        this.file = file;
        this.environment = environment;
        this.before = before;
    }

    /// Loads the file and those it refers to. Never throws for what is in them or for their absence.
    ///
    /// @param file in TOML or in PgBouncer's ini, recognised by its content
    /// @param environment the variables that `${NAME}` can refer to, and what holds in a container
    public static Loaded load(Path file, Map<String, String> environment) {
        return load(file, environment, UserList.empty());
    }

    /// The same for a configuration that is to follow another one.
    ///
    /// @param before the users who stay where, with PgBouncer's compatibility, `auth_file` cannot be read
    public static Loaded load(Path file, Map<String, String> environment, UserList before) {
        return new ConfigLoader(file, new Environment(environment), before).load();
    }

    private Loaded load() {
        RawConfig raw = ConfigReader.read(file);
        raw.problems().forEach(this::add);
        FileLookup files = new FileLookup(file, raw.format());
        CheckedValues global = SecretFile.readGlobal(
                ValueChecker.check(
                        Scope.GLOBAL, "", raw.format(), environment.addTo(raw.global()), environment, problems),
                Origin.wholeFile(file.toString()),
                files,
                problems);
        EntryChecker entries = new EntryChecker(files, environment, problems);
        Map<String, DatabaseConfig> databases = new LinkedHashMap<>(entries.databases(raw.databases()));
        DatabaseConfig wildcard = databases.remove(DatabaseConfig.WILDCARD);
        SettingValues completed = completed(global.values(), raw.format());
        WeirConfig config = new WeirConfig(
                file,
                raw.format(),
                completed,
                databases,
                wildcard,
                entries.users(raw.users()),
                entries.peers(raw.peers()),
                userList(global, files, completed.get(GeneralSettings.COMPATIBILITY)),
                accessRules(global, files),
                TlsFiles.read(
                        global.values(),
                        files,
                        setting -> global.originOf(setting, Origin.wholeFile(file.toString())),
                        problems));
        // A file that could not even be read has told nothing that could fit together or not.
        if (raw.problems().isEmpty()) {
            CrossChecks.check(config, global, problems);
        }
        return new Loaded(problems.hasErrors() ? null : config, problems.sorted());
    }

    private void add(SyntaxProblem problem) {
        problems.add(Problem.of(Severity.ERROR, problem));
    }

    private SettingValues completed(SettingValues given, ConfigFormat format) {
        SettingValues values = given;
        if (format == ConfigFormat.INI && !values.has(GeneralSettings.COMPATIBILITY)) {
            values = values.with(GeneralSettings.COMPATIBILITY, Compatibility.PGBOUNCER);
        }
        if (!values.has(GeneralSettings.CONFFILE)) {
            values = values.with(GeneralSettings.CONFFILE, file.toString());
        }
        return ListenerChecks.outOfTheWay(values, Origin.wholeFile(file.toString()), problems);
    }

    private AccessRules accessRules(CheckedValues global, FileLookup files) {
        return new AccessFiles(file, files, problems).read(global);
    }

    /// PgBouncer starts without the file, and with what can be read of it.
    private UserList userList(CheckedValues global, FileLookup files, Compatibility compatibility) {
        Severity severity = compatibility == Compatibility.PGBOUNCER ? Severity.WARNING : Severity.ERROR;
        UserList read = userList(global, files, Origin.wholeFile(file.toString()), severity, problems);
        return read == null ? before : read;
    }

    /// Reads `auth_file`; an empty list where there is none, null where it cannot be read.
    ///
    /// @param otherwise where it is configured, if that is not known
    /// @param severity of what is wrong with it
    static @Nullable UserList userList(
            CheckedValues global, FileLookup files, Origin otherwise, Severity severity, Problems problems) {
        String name = global.values().get(AuthSettings.AUTH_FILE);
        if (name.isEmpty()) {
            return UserList.empty();
        }
        try {
            Path path = files.find(name);
            UserListReader.Result result =
                    UserListReader.read(path.toString(), TextFile.read(path, TextFile.USER_LIST_BYTES_MAX));
            result.problems().forEach(problem -> problems.add(Problem.of(severity, problem)));
            return result.users();
        } catch (UnreadableFile e) {
            Origin origin = global.originOf(AuthSettings.AUTH_FILE, otherwise);
            problems.add(new Problem(
                    severity, origin, AuthSettings.AUTH_FILE.name(), null, name + ": " + e.reason(), null, null));
            return null;
        }
    }
}
