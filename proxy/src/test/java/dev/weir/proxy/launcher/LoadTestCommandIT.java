package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `weir loadtest` from the packaged distribution; what it measures has a test of its own.
final class LoadTestCommandIT {

    @TempDir
    private Path directory;

    @Test
    void comparesPooledAndDirect() throws Exception {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared()).start()) {
            Path page = directory.resolve("report.html");
            Path json = directory.resolve("report.json");
            Launcher.Run run = launcher()
                    .start(
                            "loadtest",
                            "--url",
                            url(weir.port()),
                            "--url",
                            url(TestPostgres.shared().port()),
                            "--concurrent",
                            "10",
                            "--duration",
                            "1s",
                            "--ramp-up",
                            "200ms",
                            "--max-query-p95",
                            "1m",
                            "--max-acquisition-p95",
                            "1m",
                            "--report-file",
                            page.toString(),
                            "--report-file",
                            json.toString());

            assertThat(run.awaitExit()).as("%s %s", run.output(), run.errors()).isZero();
            assertThat(run.output())
                    .contains("mixed, 10 clients", "ratio", "Result: PASS")
                    .doesNotContain("app-secret");
            assertThat(run.errors()).contains("Loading postgresql://app@127.0.0.1:" + weir.port() + "/app ...", "p95");
            assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("<svg");
            assertThat(Files.readString(json)).startsWith("{").contains("\"passed\" : true");
        }
    }

    @Test
    void failsWhereACriterionIsNotMet() throws Exception {
        Launcher.Run run = launcher()
                .start(
                        "loadtest",
                        "--url",
                        url(1),
                        "-c",
                        "1",
                        "-t",
                        "300ms",
                        "--ramp-up",
                        "0",
                        "--query-type",
                        "simple");

        assertThat(run.awaitExit()).isOne();
        assertThat(run.output()).contains("FAIL  success 0.00 %", "Connection to 127.0.0.1:1 refused", "Result: FAIL");
    }

    @Test
    void tellsWhatIsWrongWithTheCommandLine() throws Exception {
        Launcher.Run run = launcher()
                .start(
                        "loadtest",
                        "--url",
                        url(1),
                        "--query-type",
                        directory.resolve("none.sql").toString());

        assertThat(run.awaitExit()).isEqualTo(2);
        assertThat(run.errors()).contains("there is no file").doesNotContain("app-secret");
    }

    private Launcher launcher() {
        return new Launcher(Launcher.ofThisBuild(), directory);
    }

    private static String url(int port) {
        return "postgresql://" + Accounts.APP.user() + ":" + Accounts.APP.password() + "@127.0.0.1:" + port + "/"
                + Accounts.DATABASE;
    }
}
