package dev.weir.config.diff;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PeerConfig;
import dev.weir.config.Secret;
import dev.weir.config.UserConfig;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// Tells what a reload changes. Stateless.
public final class ConfigDiff {
    /// What a server connection was opened with: a connection opened otherwise is not what the entry asks for.
    private static final Set<Setting<?>> OF_SERVER_CONNECTION = Set.of(
            DatabaseSettings.DBNAME,
            DatabaseSettings.HOST,
            DatabaseSettings.PORT,
            DatabaseSettings.USER,
            DatabaseSettings.LOAD_BALANCE_HOSTS,
            DatabaseSettings.CONNECT_QUERY,
            DatabaseSettings.CLIENT_ENCODING,
            DatabaseSettings.DATESTYLE,
            DatabaseSettings.TIMEZONE,
            DatabaseSettings.APPLICATION_NAME,
            AuthSettings.AUTH_DBNAME,
            AuthSettings.AUTH_QUERY);

    private final WeirConfig before;
    private final WeirConfig after;
    private final List<Change> changes = new ArrayList<>();

    private ConfigDiff(WeirConfig before, WeirConfig after) {
        this.before = before;
        this.after = after;
    }

    /// All changes: removals first, then changes, then additions, so that what is carried out in this order never
    /// needs more than both configurations allow.
    public static List<Change> between(WeirConfig before, WeirConfig after) {
        ConfigDiff diff = new ConfigDiff(before, after);
        diff.settings();
        diff.databases();
        diff.users();
        diff.peers();
        diff.userList();
        diff.rules();
        diff.tls();
        return List.copyOf(diff.changes);
    }

    /// What can run after a reload without a restart: the new configuration, with the old values of the settings that
    /// need one.
    public static WeirConfig applicable(WeirConfig before, WeirConfig after) {
        SettingValues values = after.global();
        for (Setting<?> setting : Settings.in(Scope.GLOBAL)) {
            if (!setting.reloadable()) {
                values = values.withValueOf(before.global(), setting);
            }
        }
        return after.withGlobal(values);
    }

    private void settings() {
        for (Setting<?> setting : Settings.in(Scope.GLOBAL)) {
            setting(setting);
        }
    }

    private <T> void setting(Setting<T> setting) {
        T was = before.get(setting);
        T is = after.get(setting);
        if (!was.equals(is)) {
            String wasText = setting.type().show(was);
            String isText = setting.type().show(is);
            changes.add(
                    setting.reloadable()
                            ? new Change.SettingChanged(setting, wasText, isText)
                            : new Change.NeedsRestart(setting, wasText, isText));
        }
    }

    private void databases() {
        Map<String, DatabaseConfig> was = withWildcard(before);
        Map<String, DatabaseConfig> is = withWildcard(after);
        was.values().stream()
                .filter(database -> !is.containsKey(database.name()))
                .forEach(database -> changes.add(new Change.DatabaseRemoved(database)));
        for (DatabaseConfig database : is.values()) {
            DatabaseConfig earlier = was.get(database.name());
            if (earlier != null) {
                List<Setting<?>> differing = differing(earlier.values(), database.values(), Scope.DATABASE);
                if (!differing.isEmpty()) {
                    boolean renew = differing.stream().anyMatch(OF_SERVER_CONNECTION::contains);
                    changes.add(new Change.DatabaseChanged(earlier, database, differing, renew));
                }
            }
        }
        is.values().stream()
                .filter(database -> !was.containsKey(database.name()))
                .forEach(database -> changes.add(new Change.DatabaseAdded(database)));
    }

    private static Map<String, DatabaseConfig> withWildcard(WeirConfig config) {
        Map<String, DatabaseConfig> all = new LinkedHashMap<>(config.databases());
        DatabaseConfig wildcard = config.wildcard();
        if (wildcard != null) {
            all.put(DatabaseConfig.WILDCARD, wildcard);
        }
        return all;
    }

    private void users() {
        Map<String, UserConfig> was = before.users();
        Map<String, UserConfig> is = after.users();
        was.values().stream()
                .filter(user -> !is.containsKey(user.name()))
                .forEach(user -> changes.add(new Change.UserRemoved(user)));
        for (UserConfig user : is.values()) {
            UserConfig earlier = was.get(user.name());
            if (earlier != null) {
                List<Setting<?>> differing = differing(earlier.values(), user.values(), Scope.USER);
                if (!differing.isEmpty()) {
                    changes.add(new Change.UserChanged(earlier, user, differing));
                }
            }
        }
        is.values().stream()
                .filter(user -> !was.containsKey(user.name()))
                .forEach(user -> changes.add(new Change.UserAdded(user)));
    }

    private void peers() {
        Map<Integer, PeerConfig> was = before.peers();
        Map<Integer, PeerConfig> is = after.peers();
        was.values().stream()
                .filter(peer -> !is.containsKey(peer.id()))
                .forEach(peer -> changes.add(new Change.PeerRemoved(peer)));
        for (PeerConfig peer : is.values()) {
            PeerConfig earlier = was.get(peer.id());
            if (earlier != null) {
                List<Setting<?>> differing = differing(earlier.values(), peer.values(), Scope.PEER);
                if (!differing.isEmpty()) {
                    changes.add(new Change.PeerChanged(earlier, peer, differing));
                }
            }
        }
        is.values().stream()
                .filter(peer -> !was.containsKey(peer.id()))
                .forEach(peer -> changes.add(new Change.PeerAdded(peer)));
    }

    private static List<Setting<?>> differing(SettingValues was, SettingValues is, Scope scope) {
        List<Setting<?>> differing = new ArrayList<>();
        for (Setting<?> setting : Settings.in(scope)) {
            if (!Objects.equals(was.find(setting), is.find(setting))) {
                differing.add(setting);
            }
        }
        return differing;
    }

    private void tls() {
        if (!before.tls().clients().equals(after.tls().clients())) {
            changes.add(new Change.TlsChanged("clients"));
        }
        if (!before.tls().servers().equals(after.tls().servers())) {
            changes.add(new Change.TlsChanged("servers"));
        }
        if (!before.tls().peers().equals(after.tls().peers())) {
            changes.add(new Change.TlsChanged("peers"));
        }
    }

    private void rules() {
        if (!before.access().hba().equals(after.access().hba())) {
            changes.add(new Change.RulesChanged(AuthSettings.AUTH_HBA_FILE));
        }
        if (!before.access().maps().equals(after.access().maps())) {
            changes.add(new Change.RulesChanged(AuthSettings.AUTH_IDENT_FILE));
        }
    }

    private void userList() {
        UserList was = before.userList();
        UserList is = after.userList();
        if (was.equals(is)) {
            return;
        }
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (String name : new TreeSet<>(is.secrets().keySet())) {
            Secret earlier = was.find(name);
            if (earlier == null) {
                added.add(name);
            } else if (!earlier.equals(is.find(name))) {
                changed.add(name);
            }
        }
        List<String> removed = new TreeSet<>(was.secrets().keySet())
                .stream().filter(name -> is.find(name) == null).toList();
        changes.add(new Change.UserListChanged(added, removed, changed));
    }
}
