package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the kernel knows of the pooler's sockets, as `ss` of iproute2 tells it.
@ExtendWith(LeakGuard.class)
@EnabledOnOs(OS.LINUX)
final class SocketSettingsIT {

    private static List<String> sockets(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ss", "-Htnoemi"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    @Test
    void keepAliveIsOnForBothSidesUnlessSwitchedOff() throws Exception {
        try (WeirFixture weir = start("1");
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            // Another timer takes its place for as long as something waits to be acknowledged.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(bothSides(weir))
                            .filteredOn(line -> line.contains("timer:(keepalive,1min"))
                            .hasSize(2));
            assertThat(bothSides(weir))
                    .filteredOn(line -> line.contains("rb131072"))
                    .hasSize(2);
            assertThat(sockets("-l", "sport", "=", ":" + weir.port()))
                    .first()
                    .asString()
                    .contains(" 77 ");
        }
        try (WeirFixture weir = start("0");
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            assertThat(bothSides(weir)).noneMatch(line -> line.contains("keepalive"));
        }
    }

    @Test
    void theUnixSocketHasItsModeAndGroup() throws Exception {
        String group = Files.readAttributes(Path.of("/proc/self"), PosixFileAttributes.class)
                .group()
                .getName();
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("unix_socket_mode", "0750")
                .set("unix_socket_group", group)
                .start()) {
            PosixFileAttributes socket = Files.readAttributes(
                    weir.directory().resolve(".s.PGSQL." + weir.port()), PosixFileAttributes.class);
            assertThat(PosixFilePermissions.toString(socket.permissions())).isEqualTo("rwxr-x---");
            assertThat(socket.group().getName()).isEqualTo(group);
            try (RawClient client = RawClient.connect(weir.unix(), Accounts.APP)) {
                assertThat(client.value("SELECT 1")).isEqualTo("1");
            }
        }
    }

    private static WeirFixture start(String keepalive) {
        return WeirFixture.over(TestPostgres.shared())
                .set("tcp_keepalive", keepalive)
                .set("tcp_keepidle", "100")
                .set("tcp_keepintvl", "7")
                .set("tcp_keepcnt", "3")
                .set("tcp_user_timeout", "12345")
                .set("tcp_socket_buffer", "65536")
                .set("listen_backlog", "77")
                .start();
    }

    /// The client's connection and the server's.
    private static List<String> bothSides(WeirFixture weir) throws Exception {
        List<String> lines = new ArrayList<>(sockets("sport", "=", ":" + weir.port()));
        lines.addAll(sockets("sport", "=", ":" + server(weir)));
        return lines;
    }

    private static String server(WeirFixture weir) {
        try (RawClient console = RawClient.connect(weir.unix(), WeirFixture.ADMIN)) {
            return Shown.rows(console, "SHOW SERVERS").getFirst().getOrDefault("local_port", "0");
        }
    }
}
