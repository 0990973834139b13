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

/// Loads a configuration: all or nothing, with every problem at once. Reads files and thus blocks; keeps no state.
public final class ConfigLoader {
    private final Path file;
    private final Environment environment;
    private final Problems problems = new Problems();

    private ConfigLoader(Path file, Environment environment) {
        this.file = file;
        this.environment = environment;
    }

    /// Loads the file and those it refers to. Never throws for what is in them or for their absence.
    ///
    /// @param file in TOML or in PgBouncer's ini, recognised by its content
    /// @param environment the variables that `${NAME}` can refer to
    public static Loaded load(Path file, Map<String, String> environment) {
        return new ConfigLoader(file, new Environment(environment)).load();
    }

    private Loaded load() {
        RawConfig raw = ConfigReader.read(file);
        raw.problems().forEach(this::add);
        FileLookup files = new FileLookup(file, raw.format());
        CheckedValues global = SecretFile.readGlobal(
                ValueChecker.check(Scope.GLOBAL, "", raw.format(), raw.global(), environment, problems),
                Origin.wholeFile(file.toString()),
                files,
                problems);
        EntryChecker entries = new EntryChecker(files, environment, problems);
        Map<String, DatabaseConfig> databases = new LinkedHashMap<>(entries.databases(raw.databases()));
        DatabaseConfig wildcard = databases.remove(DatabaseConfig.WILDCARD);
        WeirConfig config = new WeirConfig(
                file,
                raw.format(),
                completed(global.values(), raw.format()),
                databases,
                wildcard,
                entries.users(raw.users()),
                entries.peers(raw.peers()),
                userList(global, files),
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

    private UserList userList(CheckedValues global, FileLookup files) {
        return userList(global, files, Origin.wholeFile(file.toString()), problems);
    }

    /// Reads `auth_file`; an empty list where there is none, or where it cannot be read.
    ///
    /// @param otherwise where it is configured, if that is not known
    static UserList userList(CheckedValues global, FileLookup files, Origin otherwise, Problems problems) {
        String name = global.values().get(AuthSettings.AUTH_FILE);
        if (name.isEmpty()) {
            return UserList.empty();
        }
        try {
            Path path = files.find(name);
            UserListReader.Result result =
                    UserListReader.read(path.toString(), TextFile.read(path, TextFile.USER_LIST_BYTES_MAX));
            result.problems().forEach(problem -> problems.add(Problem.of(Severity.ERROR, problem)));
            return result.users();
        } catch (UnreadableFile e) {
            Origin origin = global.originOf(AuthSettings.AUTH_FILE, otherwise);
            problems.add(Problem.error(origin, AuthSettings.AUTH_FILE.name(), name + ": " + e.reason()));
            return UserList.empty();
        }
    }
}
