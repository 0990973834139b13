package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DescriptorNeedTest {

    private static final int OPEN = 50;
    private static final int PROCESS = OPEN + 32;

    @TempDir
    private Path directory;

    @Test
    void countsAPoolForEachUserOfADatabaseWithoutAForcedOne() throws Exception {
        assertThat(need("max_client_conn = 100\ndefault_pool_size = 7\nreserve_pool_size = 3", "app =")
                        .expected())
                .isEqualTo(100 + 2 * 10 + PROCESS);
        assertThat(need("max_client_conn = 100\ndefault_pool_size = 7", "app = user=one\n* = pool_size=5")
                        .expected())
                .isEqualTo(100 + 7 + 2 * 5 + PROCESS);
    }

    @Test
    void aDatabasesLimitBoundsItsPools() throws Exception {
        assertThat(need("max_client_conn = 100\ndefault_pool_size = 20\nmax_db_connections = 25", "app =")
                        .expected())
                .isEqualTo(100 + 25 + PROCESS);
    }

    @Test
    void poolsWithoutALimitAreBoundByTheClients() throws Exception {
        assertThat(need("max_client_conn = 100\ndefault_pool_size = 0", "app = user=one")
                        .expected())
                .isEqualTo(100 + 100 + PROCESS);
    }

    @Test
    void saysWhatItHasAndWhatItNeeds() throws Exception {
        DescriptorNeed need = need("max_client_conn = 100\ndefault_pool_size = 20", "app = user=one");

        assertThat(reported(with(need, 1024, 4096)))
                .containsExactly("INFO kernel file descriptor limit: 1024 (hard: 4096); max_client_conn: 100,"
                        + " max expected fd use: " + (120 + PROCESS));
        assertThat(reported(with(need, need.expected(), Posix.DescriptorLimit.UNLIMITED)))
                .singleElement()
                .asString()
                .contains("(hard: unlimited)");
    }

    @Test
    void warnsAndAdvisesWhenTheKernelGrantsTooLittle() throws Exception {
        DescriptorNeed need = need("max_client_conn = 100\ndefault_pool_size = 20", "app = user=one");

        assertThat(reported(with(need, need.expected() - 1, 4096)))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("WARN ")
                .contains("LimitNOFILE", "ulimit -n", "max_client_conn", String.valueOf(need.expected()));
    }

    @Test
    void theKernelToldTheJvmAtLeastAsMuchAsItNeedsToRun() {
        Posix.DescriptorLimit limit = Posix.descriptorLimit();

        assertThat(limit.soft()).isGreaterThan(16);
        assertThat(limit.hard()).isGreaterThanOrEqualTo(limit.soft());
    }

    private static DescriptorNeed with(DescriptorNeed need, long soft, long hard) {
        return new DescriptorNeed(new Posix.DescriptorLimit(soft, hard), need.clients(), need.expected());
    }

    private DescriptorNeed need(String settings, String databases) throws Exception {
        Path users = Files.writeString(directory.resolve("users.txt"), "\"one\" \"1\"\n\"two\" \"2\"\n");
        Path file = Files.writeString(
                directory.resolve("pgbouncer.ini"),
                "[pgbouncer]\nauth_file = " + users + "\n" + settings + "\n[databases]\n" + databases + "\n");
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = Objects.requireNonNull(loaded.config(), () -> String.valueOf(loaded.problems()));
        return DescriptorNeed.of(config, new Posix.DescriptorLimit(1024, 4096), OPEN);
    }

    private static List<String> reported(DescriptorNeed need) {
        Logger log = new LoggerContext().getLogger("descriptors");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        need.report(log);
        return lines.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
