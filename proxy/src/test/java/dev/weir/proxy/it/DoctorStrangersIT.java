package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.doctor.Diagnosis;
import dev.weir.proxy.doctor.Doctor;
import dev.weir.proxy.doctor.Finding;
import dev.weir.proxy.doctor.Level;
import dev.weir.proxy.testkit.ConfigText;
import dev.weir.proxy.testkit.Frontend;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `weir doctor` before servers that are no PostgreSQL, or a broken one.
@Timeout(60)
final class DoctorStrangersIT {

    private static final byte[] LET_IN = Frontend.message('R', Frontend.int32(0));
    private static final byte[] READY = Frontend.message('Z', "I".getBytes(StandardCharsets.US_ASCII));

    /// What a server does with one connection, behind its startup packet.
    @FunctionalInterface
    private interface Conduct {
        void serve(DataInputStream in, OutputStream out) throws IOException;
    }

    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private void behave(Conduct conduct) {
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket taken = listener.accept();
                    Thread.ofVirtual().start(() -> serve(taken, conduct));
                } catch (IOException _) {
                    return; // the test is over
                }
            }
        });
    }

    private static void serve(Socket taken, Conduct conduct) {
        try (taken) {
            DataInputStream in = new DataInputStream(taken.getInputStream());
            in.readNBytes(in.readInt() - 4);
            conduct.serve(in, taken.getOutputStream());
        } catch (IOException _) {
            // the doctor has had enough
        }
    }

    /// Answers every question with the same.
    private static Conduct answering(byte[]... answer) {
        return (in, out) -> {
            out.write(Frontend.concat(LET_IN, READY));
            while (true) {
                in.readByte();
                in.readNBytes(in.readInt() - 4);
                out.write(Frontend.concat(answer));
            }
        };
    }

    private Diagnosis examine(int users, Duration patience) {
        String userlist = IntStream.range(0, users)
                .mapToObj(i -> "\"u" + i + "\" \"secret\"\n")
                .collect(Collectors.joining());
        Diagnosis diagnosis = new Diagnosis(_ -> {});
        String ini = "[pgbouncer]\nauth_file = userlist.txt\nserver_tls_sslmode = disable\n[databases]\n"
                + "app = host=127.0.0.1 port=" + listener.getLocalPort() + "\n";
        new Doctor(ConfigText.read(ini, userlist), patience, diagnosis).examine();
        return diagnosis;
    }

    private static List<Finding> logins(Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.check().equals("login") && finding.level() != Level.OK)
                .toList();
    }

    @Test
    void oneThatTalksWithoutEndIsGivenUp() {
        byte[] notice = Frontend.message('N', Frontend.cString(""));
        behave((_, out) -> {
            while (true) {
                out.write(notice);
                pause(20); // a drop at a time: each comes well within the patience
            }
        });
        Diagnosis diagnosis = examine(3, Duration.ofMillis(400));
        assertThat(logins(diagnosis))
                .extracting(Finding::message)
                .containsExactly("no answer within 400 ms", "no more logins were tried: it does not answer");
    }

    @Test
    void oneThatFloodsIsGivenUp() {
        byte[] notices = Frontend.message('N', new byte[500_000]);
        behave((_, out) -> {
            while (true) {
                out.write(notices);
            }
        });
        assertThat(logins(examine(1, Duration.ofSeconds(20))))
                .extracting(Finding::message)
                .containsExactly("the server closed the connection");
    }

    @Test
    void oneThatIsSlowAtEverythingIsNotAskedForAges() {
        behave((_, out) -> {
            pause(150);
            out.write(Frontend.message('E', error("no")));
        });
        assertThat(logins(examine(90, Duration.ofMillis(200))).getLast().message())
                .isEqualTo("no more logins were tried: it takes too long");
    }

    @Test
    void rowsThatMakeNoSenseAreAFinding() {
        byte[] described = Frontend.message('T', Frontend.int16(0));
        byte[] tooShort = Frontend.message('D', Frontend.int16(7), Frontend.int32(1000), new byte[3]);
        byte[] noColumns = Frontend.message('D', Frontend.int16(0));
        byte[] noNumbers = Frontend.message('D', Frontend.int16(2), text("max_connections"), text("many, I am sure"));
        for (byte[] row : List.of(tooShort, noColumns, noNumbers, Frontend.message('D'))) {
            behave(answering(described, row, READY));
            assertThat(logins(examine(1, Duration.ofSeconds(5))))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("makes no sense"));
        }
    }

    @Test
    void aBrokenAuthenticationIsAFinding() {
        behave((in, out) -> {
            out.write(Frontend.message('R', Frontend.int16(1)));
            in.read();
        });
        assertThat(logins(examine(1, Duration.ofSeconds(5))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.FAIL));
    }

    @Test
    void noServerHasASayInTheTerminal() {
        behave((in, out) -> {
            out.write(Frontend.message('E', error("\u001b]0;mine\u0007 red\u001b[31m\r\nOK \u202e")));
            in.read();
        });
        assertThat(logins(examine(1, Duration.ofSeconds(5))).getFirst().toString())
                .contains("\\x1b]0;mine\\x07 red\\x1b[31m\\x0d\\x0aOK \\u202e")
                .doesNotContain("\u001b", "\n", "\r");
    }

    /// The pace of a slow server.
    private static void pause(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    private static byte[] error(String message) {
        return Frontend.concat(
                Frontend.cString("SFATAL"), Frontend.cString("CXX000"), Frontend.cString("M" + message), new byte[1]);
    }

    private static byte[] text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return Frontend.concat(Frontend.int32(bytes.length), bytes);
    }
}
