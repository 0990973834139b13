package dev.weir.config.diff;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PeerConfig;
import dev.weir.config.UserConfig;
import dev.weir.config.setting.Setting;
import java.util.List;
import java.util.stream.Collectors;

/// One difference between the running configuration and a new one. Immutable; tells no secrets.
public sealed interface Change {
    /// The change in words, for the log and the answer to RELOAD.
    String description();

    /// What TLS towards one side is like, by its settings or by what is in the files they name.
    ///
    /// @param side `clients`, `servers` or `peers`
    record TlsChanged(String side) implements Change {
        @Override
        public String description() {
            return "TLS towards " + side + " changed, for new connections";
        }
    }

    /// A new entry of `[databases]`, possibly `*`.
    record DatabaseAdded(DatabaseConfig database) implements Change {
        @Override
        public String description() {
            return "database " + database.name() + " added";
        }
    }

    /// An entry of `[databases]` that is gone: its clients and servers are to go as well.
    record DatabaseRemoved(DatabaseConfig database) implements Change {
        @Override
        public String description() {
            return "database " + database.name() + " removed";
        }
    }

    /// An entry of `[databases]` that says something else.
    ///
    /// @param settings those with another value, or with one where there was none, or the reverse
    /// @param serversMustBeRenewed whether the running server connections are no longer what the entry asks for, so
    ///     that each is to be closed as soon as its client lets go of it
    record DatabaseChanged(
            DatabaseConfig before, DatabaseConfig after, List<Setting<?>> settings, boolean serversMustBeRenewed)
            implements Change {
        public DatabaseChanged {
            settings = List.copyOf(settings);
        }

        @Override
        public String description() {
            return "database " + after.name() + ": " + names(settings) + " changed"
                    + (serversMustBeRenewed ? ", server connections are renewed" : "");
        }
    }

    /// A new entry of `[users]`.
    record UserAdded(UserConfig user) implements Change {
        @Override
        public String description() {
            return "user " + user.name() + " added";
        }
    }

    /// An entry of `[users]` that is gone; the user may still be known from the auth file.
    record UserRemoved(UserConfig user) implements Change {
        @Override
        public String description() {
            return "user " + user.name() + " removed";
        }
    }

    /// An entry of `[users]` that says something else.
    record UserChanged(UserConfig before, UserConfig after, List<Setting<?>> settings) implements Change {
        public UserChanged {
            settings = List.copyOf(settings);
        }

        @Override
        public String description() {
            return "user " + after.name() + ": " + names(settings) + " changed";
        }
    }

    /// A new entry of `[peers]`.
    record PeerAdded(PeerConfig peer) implements Change {
        @Override
        public String description() {
            return "peer " + peer.id() + " added";
        }
    }

    /// An entry of `[peers]` that is gone: cancel requests for its clients reach nobody.
    record PeerRemoved(PeerConfig peer) implements Change {
        @Override
        public String description() {
            return "peer " + peer.id() + " removed";
        }
    }

    /// An entry of `[peers]` that says something else.
    record PeerChanged(PeerConfig before, PeerConfig after, List<Setting<?>> settings) implements Change {
        public PeerChanged {
            settings = List.copyOf(settings);
        }

        @Override
        public String description() {
            return "peer " + after.id() + ": " + names(settings) + " changed";
        }
    }

    /// A global setting with another value, which holds from now on.
    ///
    /// @param before in PgBouncer's words
    /// @param after in PgBouncer's words
    record SettingChanged(Setting<?> setting, String before, String after) implements Change {
        @Override
        public String description() {
            return setting.name() + " changed from " + quoted(before) + " to " + quoted(after);
        }
    }

    /// A global setting with another value that cannot hold before a restart.
    ///
    /// @param before in PgBouncer's words
    /// @param after in PgBouncer's words
    record NeedsRestart(Setting<?> setting, String before, String after) implements Change {
        @Override
        public String description() {
            return setting.name() + " changed from " + quoted(before) + " to " + quoted(after)
                    + ", which needs a restart";
        }
    }

    /// The auth file names other users or secrets.
    ///
    /// @param added users who were not in it
    /// @param removed users who are no longer in it
    /// @param changed users with another secret
    record UserListChanged(List<String> added, List<String> removed, List<String> changed) implements Change {
        public UserListChanged {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
            changed = List.copyOf(changed);
        }

        @Override
        public String description() {
            return "auth file: " + added.size() + " added, " + removed.size() + " removed, " + changed.size()
                    + " with another secret";
        }
    }

    /// What the files of rules and maps say is different.
    ///
    /// @param file the setting that names the file
    record RulesChanged(Setting<?> file) implements Change {
        @Override
        public String description() {
            return file.name() + ": its lines changed";
        }
    }

    private static String names(List<Setting<?>> settings) {
        return settings.stream().map(Setting::name).collect(Collectors.joining(", "));
    }

    private static String quoted(String value) {
        return "\"" + value + "\"";
    }
}
