package dev.weir.config.check;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.WeirConfig;
import dev.weir.config.read.ConfigReader;
import dev.weir.config.read.RawConfig;
import dev.weir.config.read.RawSetting;
import dev.weir.config.setting.Availability;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What Weir does otherwise than PgBouncer with the settings of one ini file: the same words as on the reference pages.
/// Stateless.
public final class Differences {
    /// One setting of the file.
    ///
    /// @param origin where it stands
    /// @param setting its name
    /// @param text what is different
    public record Difference(Origin origin, String setting, String text) {
        /// As compilers write theirs: `file:line: note: …`.
        @Override
        public String toString() {
            return origin + ": note: " + setting + ": " + text;
        }
    }

    /// `$${` has been written by somebody who knows.
    private static final Pattern REFERENCE = Pattern.compile("(?<!\\$)\\$\\{");

    private static final String VARIABLE =
            "${NAME} stands for an environment variable; write $${ where the characters are meant.";

    private Differences() {}

    /// The listeners that a process opens which PgBouncer does not have, where an ini file says nothing of them.
    public static List<Difference> ofListeners(WeirConfig config) {
        List<Difference> found = new ArrayList<>();
        if (config.format() == ConfigFormat.INI) {
            addListener(
                    found,
                    config,
                    ConsoleSettings.CONSOLE_LISTEN_PORT,
                    ConsoleSettings.CONSOLE_LISTEN_ADDR,
                    "The console listens");
            addListener(
                    found,
                    config,
                    ConsoleSettings.METRICS_LISTEN_PORT,
                    ConsoleSettings.METRICS_LISTEN_ADDR,
                    "Metrics, health and the dashboard are served over HTTP");
        }
        return found;
    }

    private static void addListener(
            List<Difference> found,
            WeirConfig config,
            Setting<Integer> port,
            Setting<List<String>> addresses,
            String what) {
        if (!config.global().has(port) && config.get(port) != 0) {
            String where = String.join(", ", config.get(addresses)) + " port " + config.get(port);
            found.add(new Difference(
                    Origin.wholeFile(config.file().toString()),
                    port.name(),
                    what + " on " + where + ", which PgBouncer does not; 0 switches it off."));
        }
    }

    /// The differences in the order of the file; none for a file in TOML, which PgBouncer does not read.
    public static List<Difference> of(Path file) {
        RawConfig raw = ConfigReader.read(file);
        List<Difference> found = new ArrayList<>();
        if (raw.format() == ConfigFormat.INI) {
            add(found, Scope.GLOBAL, raw.global());
            raw.databases().forEach(block -> add(found, Scope.DATABASE, block.settings()));
            raw.users().forEach(block -> add(found, Scope.USER, block.settings()));
            raw.peers().forEach(block -> add(found, Scope.PEER, block.settings()));
        }
        return found;
    }

    private static void add(List<Difference> found, Scope scope, List<RawSetting> settings) {
        for (RawSetting each : settings) {
            Setting<?> setting = Settings.find(scope, each.key());
            String text = setting == null ? null : of(setting);
            if (text != null) {
                found.add(new Difference(each.origin(), each.key(), text));
            }
            if (each.value() instanceof RawValue.IniText(String value)
                    && REFERENCE.matcher(value).find()) {
                found.add(new Difference(each.origin(), each.key(), VARIABLE));
            }
        }
    }

    /// How a setting differs from PgBouncer's, or null if it does not.
    public static @Nullable String of(Setting<?> setting) {
        String difference = setting.difference();
        return difference == null && setting.availability() == Availability.NO_EFFECT
                ? "Accepted and without effect in Weir."
                : difference;
    }
}
