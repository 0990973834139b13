package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ServerSettings;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.Replication;
import dev.weir.proxy.wire.StartupOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the settings out of a startup packet: its parameters and what its {@code options} set. */
final class StartupSettings {

    /** Parameters of a startup packet that are no settings. */
    private static final List<String> NOT_SETTINGS = List.of("user", "database", "options", "replication");

    private StartupSettings() {}

    /**
     * The settings, names in lower case.
     *
     * @param ignored {@code ignore_startup_parameters}
     * @throws ProtocolViolation if {@code options} has something in it that is no setting
     */
    static SessionSettings read(Map<String, String> parameters, List<String> ignored, ClientErrors errors) {
        TreeMap<String, String> settings = new TreeMap<>();
        String options = parameters.get("options");
        // What a parameter says outright goes before what options say, as in PostgreSQL, where it is set later.
        if (options != null) {
            readOptions(options, ignored, settings, errors);
        }
        parameters.forEach((name, value) -> {
            String lowerCase = name.toLowerCase(Locale.ROOT);
            if (!NOT_SETTINGS.contains(lowerCase) && !lowerCase.startsWith("_pq_.") && !isIn(ignored, name)) {
                settings.put(lowerCase, value);
            }
        });
        return SessionSettings.of(settings);
    }

    private static void readOptions(
            String options, List<String> ignored, Map<String, String> settings, ClientErrors errors) {
        switch (StartupOptions.parse(options)) {
            case StartupOptions.Settings(List<Map.Entry<String, String>> found) ->
                found.forEach(setting -> {
                    if (!isIn(ignored, setting.getKey())) {
                        settings.put(setting.getKey().toLowerCase(Locale.ROOT), setting.getValue());
                    }
                });
            case StartupOptions.UnsupportedSwitch(String word) -> {
                if (!isIn(ignored, "options")) {
                    throw new ProtocolViolation(errors.unsupportedOptions(word));
                }
            }
        }
    }

    /** As below; the {@code options} of a replication client are PostgreSQL's business, whatever is in them. */
    static SessionSettings read(
            Map<String, String> parameters, Replication replication, WeirConfig config, ClientErrors errors) {
        List<String> ignored = config.get(ServerSettings.IGNORE_STARTUP_PARAMETERS);
        return replication == Replication.NONE
                ? read(parameters, ignored, errors)
                : read(
                        parameters,
                        Stream.concat(ignored.stream(), Stream.of("options")).toList(),
                        errors);
    }

    private static boolean isIn(List<String> names, String name) {
        return names.stream().anyMatch(name::equalsIgnoreCase);
    }

    /** {@code application_name_add_host}: the settings with the client's address behind its name for itself. */
    static SessionSettings withHost(SessionSettings settings, String address) {
        String name = settings.find("application_name");
        return settings.with("application_name", (name == null ? "app" : name) + " - " + address);
    }
}
