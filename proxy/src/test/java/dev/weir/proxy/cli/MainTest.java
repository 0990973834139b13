package dev.weir.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.Version;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
