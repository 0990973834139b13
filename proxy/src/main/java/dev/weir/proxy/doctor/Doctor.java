package dev.weir.proxy.doctor;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.app.DescriptorNeed;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsForServers;
import dev.weir.proxy.tls.TlsRefused;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Holds a configuration against the servers that it names: what this machine offers, then each server, then each
/// login. Blocks; only looks, and never writes to a server.
public final class Doctor {

    private final WeirConfig config;
    private final Duration patience;
    private final Diagnosis diagnosis;

    /// A doctor for one run.
    ///
    /// @param patience how long to wait for each answer
    public Doctor(WeirConfig config, Duration patience, Diagnosis diagnosis) {
        this.config = config;
        this.patience = patience;
        this.diagnosis = diagnosis;
    }

    /// Looks at everything.
    public void examine() {
        descriptors();
        new NetworkCheck(config, diagnosis).examine();
        TlsForServers tls;
        try {
            tls = new TlsContexts().prepare(config).servers();
        } catch (TlsRefused e) {
            diagnosis.fail("tls", "server_tls", String.valueOf(e.getMessage()), "mend the server_tls_* settings");
            return;
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            examineServers(loops, tls);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private void descriptors() {
        DescriptorNeed need = DescriptorNeed.now(config);
        if (need == null) {
            diagnosis.skip("files", "this machine", "it does not tell how many descriptors are open");
        } else if (need.isEnough()) {
            diagnosis.ok("files", "this shell", need.described());
        } else {
            diagnosis.warn(
                    "files",
                    "this shell",
                    need.described(),
                    "LimitNOFILE=" + need.expected() + " in the systemd unit, --ulimit nofile=" + need.expected()
                            + " for a container, ulimit -n in a shell; or a smaller max_client_conn");
        }
    }

    private void examineServers(EventLoopGroup loops, @Nullable TlsForServers tls) {
        Set<ServerAddress> addresses = new LinkedHashSet<>();
        for (DatabaseConfig database : PoolDemand.databases(config)) {
            addresses.addAll(config.serverAddresses(database));
        }
        for (ServerAddress address : addresses) {
            ServerVisit visit = new ServerVisit(config, address, tls, loops.next(), patience, diagnosis);
            if (visit.reach()) {
                new LoginCheck(config, visit, diagnosis).examine();
            }
        }
    }
}
