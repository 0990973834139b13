package dev.weir.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.Version;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsItsVersionFirst() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().lines())
                .first()
                .asString()
                .isEqualTo(Version.nameAndNumber())
                .matches("Weir \\d+\\.\\d+\\.\\d+.*");
        assertThat(out.toString()).contains("java: 2", "netty: 4.2", "tls: ");
    }

    @Test
    void refusesAnUnknownCommand() {
        assertThat(run("qqqq")).isEqualTo(ExitStatus.USAGE);
        assertThat(err.toString()).contains("qqqq").contains("Usage: weir");
    }

    @Test
    void refusesAMissingCommand() {
        assertThat(run()).isEqualTo(ExitStatus.USAGE);
        assertThat(err.toString()).contains("A command is missing");
    }

    @Test
    void everyCommandExplainsItself() {
        List<List<String>> commands = new ArrayList<>(List.of(List.of("--help")));
        Main.commandLine().getSubcommands().keySet().forEach(name -> commands.add(List.of(name, "--help")));
        for (List<String> command : commands) {
            out.getBuffer().setLength(0);
            assertThat(run(command.toArray(String[]::new))).as("%s", command).isZero();
            assertThat(out.toString()).as("%s", command).startsWith("Usage: weir");
        }
    }

    @Test
    void aPgBouncerFileIsCheckedAndConverted(@TempDir Path directory) throws Exception {
        Path ini = Files.writeString(directory.resolve("pgbouncer.ini"), """
            [pgbouncer]
            auth_type = any
            ; as long as the other one
            server_login_retry = 3
            listen_addr = 127.0.0.1
            [databases]
            app = user=app password=secret
            """);
        assertThat(run("check", ini.toString())).isZero();
        assertThat(out.toString())
                .contains(ini + ":4: note: server_login_retry: The longest pause between attempts")
                .endsWith(ini + ": good\n");

        out.getBuffer().setLength(0);
        assertThat(run("convert", ini.toString())).isZero();
        String toml = out.toString();
        assertThat(toml)
                .contains(
                        "# as long as the other one\nserver_login_retry = \"3s\"\n",
                        "[databases.app]\nuser = \"app\"\n");

        Path file = directory.resolve("weir.toml");
        assertThat(run("convert", ini.toString(), "-o", file.toString())).isZero();
        assertThat(file).hasContent(toml);
        assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(run("check", file.toString())).isZero();

        assertThat(run("convert", ini.toString(), "-o", file.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains("cannot write " + file);
        assertThat(run("convert", file.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains("is in TOML already");
    }

    @Test
    void aPgBouncerFileWithErrorsIsNotConverted(@TempDir Path directory) throws Exception {
        Path ini = Files.writeString(directory.resolve("pgbouncer.ini"), "[pgbouncer]\npool_mode = tx\n");
        assertThat(run("convert", ini.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains(ini + ":2: error: pool_mode").contains("cannot be converted: 1 error");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void theDoctorTellsByItsStatusHowBadItIs(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("weir.toml");
        Files.writeString(file, "[weir]\nauth_type = \"any\"\n");
        assertThat(run("doctor", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("WARN  config", "there is no database", "2 warnings, 0 failures");

        Files.writeString(file, """
            [weir]
            auth_type = "any"
            [databases.app]
            host = "nowhere.invalid"
            user = "app"
            """);
        out.getBuffer().setLength(0);
        assertThat(run("doctor", "--format", "json", file.toString())).isEqualTo(2);
        assertThat(out.toString()).startsWith("{").contains("\"fail\" : 1", "\"check\" : \"dns\"", "getent hosts");

        Files.writeString(file, "[weir]\nlisten_prot = 6432\n");
        out.getBuffer().setLength(0);
        assertThat(run("doctor", file.toString())).isEqualTo(2);
        assertThat(out.toString()).contains("FAIL  config      " + file + ":2: listen_prot: unknown setting");
        assertThat(run("doctor", "--timeout", "0", file.toString())).isEqualTo(ExitStatus.USAGE);
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
