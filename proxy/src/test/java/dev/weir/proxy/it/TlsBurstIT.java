package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.CertificateBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many clients that begin TLS at once leave the others their event loop.
@ExtendWith(LeakGuard.class)
final class TlsBurstIT {
    private static final int HANDSHAKES = 60;

    /// A key so large that one signature takes longer than hundreds of queries; on a single event loop all of them one
    /// after the other would let nobody through.
    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void aBurstOfHandshakesDoesNotHoldUpWhoIsServed(String engine) throws Exception {
        PemFiles files = Certificates.write(
                Certificates.directory(),
                "slow",
                Certificates.issued(
                        Certificates.server().algorithm(CertificateBuilder.Algorithm.rsa4096),
                        Certificates.authority("authority")));
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                        .set("workers", "1")
                        .set("tls_engine", engine)
                        .set("auth_type", "trust")
                        .set("client_tls_sslmode", "allow")
                        .set("client_tls_key_file", files.key().toString())
                        .set("client_tls_cert_file", files.chain().toString())
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient served = weir.connect(Accounts.APP);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            served.run("SELECT 1");
            List<Future<String>> arriving = new ArrayList<>();
            Callable<String> arrival = () -> {
                try (RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
                    return client.value("SELECT 1");
                }
            };
            long begin = System.nanoTime();
            for (int i = 0; i < HANDSHAKES; i++) {
                arriving.add(threads.submit(arrival));
            }
            long longest = 0;
            int answers = 0;
            while (arriving.stream().anyMatch(each -> !each.isDone())) {
                long asked = System.nanoTime();
                served.run("SELECT 1");
                longest = Math.max(longest, System.nanoTime() - asked);
                answers++;
            }
            long burst = System.nanoTime() - begin;
            for (Future<String> each : arriving) {
                assertThat(each.get()).isEqualTo("1");
            }
            assertThat(answers).as("answers during the burst").isGreaterThan(HANDSHAKES / 4);
            assertThat(longest).as("the longest wait, of %d ns", burst).isLessThan(burst / 3);
        }
    }
}
