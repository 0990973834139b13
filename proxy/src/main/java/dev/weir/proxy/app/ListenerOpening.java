package dev.weir.proxy.app;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.Setting;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.Listeners;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens everything that a pooler listens on, at its start. Used once, by the thread that starts it.
///
/// @param activation sockets that the service manager has opened; where there are some, no others are opened for
/// clients
record ListenerOpening(WeirConfig config, SocketActivation activation, Listeners listeners, MetricsPages metrics) {

    private static final Logger LOGGER = LoggerFactory.getLogger(ListenerOpening.class);

    /// Opens them.
    ///
    /// @param alone whether no other process, that is about to leave, can have the port of the metrics
    /// @return the port for clients
    /// @throws IOException with a message for the operator
    int open(boolean alone) throws IOException {
        int mode = config.get(GeneralSettings.UNIX_SOCKET_MODE);
        String group = config.get(GeneralSettings.UNIX_SOCKET_GROUP);
        int port = activation.isEmpty() ? listenForClients(mode, group) : activation.listen(listeners, config);
        unlessTaken(ConsoleSettings.CONSOLE_LISTEN_PORT, consolePort -> {
            if (activation.hasConsole()) {
                return;
            }
            listeners.bindTcp(Listener.Kind.CONSOLE, config.get(ConsoleSettings.CONSOLE_LISTEN_ADDR), consolePort);
            String directory = config.get(ConsoleSettings.CONSOLE_UNIX_SOCKET_DIR);
            bindUnix(Listener.Kind.CONSOLE, directory, consolePort, mode, group);
        });
        unlessTaken(ConsoleSettings.METRICS_LISTEN_PORT, metricsPort -> {
            List<String> hosts = config.get(ConsoleSettings.METRICS_LISTEN_ADDR);
            if (alone) {
                metrics.open(hosts, metricsPort);
            } else {
                metrics.openWhenFree(hosts, metricsPort);
            }
        });
        return port;
    }

    private int listenForClients(int mode, String group) throws IOException {
        int port = listeners.bindTcp(
                Listener.Kind.CLIENTS,
                config.get(GeneralSettings.LISTEN_ADDR),
                config.get(GeneralSettings.LISTEN_PORT));
        bindUnix(Listener.Kind.CLIENTS, config.get(GeneralSettings.UNIX_SOCKET_DIR), port, mode, group);
        return port;
    }

    /// Opens what listens on a port of its own.
    @FunctionalInterface
    private interface Opening {
        void open(int port) throws IOException;
    }

    /// Opens a listener that nobody may have asked for: where its port is only the default and taken, as it is by a
    /// second
    /// pooler on the same machine, a warning is enough.
    private void unlessTaken(Setting<Integer> port, Opening opening) throws IOException {
        int number = config.get(port);
        if (number == 0) {
            return;
        }
        try {
            opening.open(number);
        } catch (IOException e) {
            if (config.global().has(port)) {
                throw e;
            }
            LOGGER.warn("{}; set {} to use another port, or to 0 for none", e.getMessage(), port.name());
        }
    }

    private void bindUnix(Listener.Kind kind, String directory, int port, int mode, String group) throws IOException {
        if (!directory.isEmpty()) {
            listeners.bindUnix(kind, directory, port, mode, group);
        }
    }
}
