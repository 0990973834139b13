package dev.weir.proxy.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A pooler under test. Its processes are started when a workload needs them, one for each setup, and stay until the
/// end. For one thread.
final class Pooler implements Contestant, AutoCloseable {

    private final PoolerProgram program;
    private final PoolerFiles files;
    private final TlsFiles tls;
    private final Path logs;
    private final Map<Setup, PoolerProcess> processes = new EnumMap<>(Setup.class);
    private int started;

    Pooler(PoolerProgram program, PoolerFiles files, TlsFiles tls, Path logs) {
        this.program = program;
        this.files = files;
        this.tls = tls;
        this.logs = logs;
    }

    @Override
    public String label() {
        return program.label();
    }

    @Override
    public Endpoint endpoint(Setup setup, String database) throws BenchFailed, InterruptedException {
        return process(setup).endpoint().with(database);
    }

    /// The process that stays.
    PoolerProcess process(Setup setup) throws BenchFailed, InterruptedException {
        PoolerProcess process = processes.get(setup);
        if (process == null) {
            process = start(setup);
            processes.put(setup, process);
        }
        if (!process.process().isAlive()) {
            throw new BenchFailed(
                    "%s has ended: %s".formatted(label(), process.process().lastWords()));
        }
        return process;
    }

    /// Starts a process of its own for whoever asks, who closes it.
    PoolerProcess start(Setup setup) throws BenchFailed, InterruptedException {
        started++;
        String name = label().replaceAll("[^A-Za-z0-9]+", "-") + "-" + started;
        try {
            int port = freePort();
            Path ini = files.write(name, setup, port, tls, settings());
            List<String> command = new ArrayList<>(program.command());
            command.add(ini.toString());
            Path log = Files.createFile(logs.resolve(name + ".log"));
            long begun = System.nanoTime();
            GuardedProcess process = GuardedProcess.start(command, program.environment(), files.directory(), log);
            Endpoint endpoint = new Endpoint(
                    "127.0.0.1",
                    port,
                    Databases.USUAL,
                    files.postgres().user(),
                    files.postgres().password());
            return PoolerProcess.await(label(), process, endpoint, begun);
        } catch (IOException e) {
            throw new BenchFailed("%s cannot be started: %s".formatted(label(), e.getMessage()), e);
        }
    }

    private List<String> settings() throws IOException {
        List<String> settings = new ArrayList<>();
        for (String setting : program.settings()) {
            settings.add(setting.replace(PoolerProgram.FREE_PORT, String.valueOf(freePort())));
        }
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /// Ends its processes; those that are needed once more are started anew.
    @Override
    public void close() {
        processes.values().forEach(PoolerProcess::close);
        processes.clear();
    }
}
