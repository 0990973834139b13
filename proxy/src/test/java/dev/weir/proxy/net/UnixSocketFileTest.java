package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnixSocketFileTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void nothingIsInTheWayOfANewSocket() throws IOException {
        socket().prepare();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDeadSocketIsRemoved() throws IOException {
        listen().close();
        assertThat(path()).exists();

        socket().prepare();

        assertThat(path()).doesNotExist();
    }

    @Test
    void aSocketThatSomebodyListensOnIsLeftAlone() throws IOException {
        try (ServerSocketChannel other = listen()) {
            assertThat(other.isOpen()).isTrue();
            assertThatThrownBy(() -> socket().prepare())
                    .isInstanceOf(IOException.class)
                    .hasMessage("unix socket is in use, cannot continue: " + path());
            assertThat(path()).exists();
        }
    }

    @Test
    void aPathThatNoSocketCanHaveIsRefusedBeforeAnythingIsDone() {
        Path tooLong = directory.resolve("é".repeat(60));

        assertThatThrownBy(() -> new UnixSocketFile(tooLong).prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes long (allowed: 107)");
    }

    @ParameterizedTest
    @CsvSource({"777, rwxrwxrwx", "700, rwx------", "641, rw-r----x", "0, ---------"})
    void theModeIsSet(String mode, String permissions) throws IOException {
        try (ServerSocketChannel own = listen()) {
            assertThat(own.isOpen()).isTrue();
            socket().protect(Integer.parseInt(mode, 8), "");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                    .isEqualTo(permissions);
        }
    }

    @Test
    void anUnknownGroupIsAnError() throws IOException {
        try (ServerSocketChannel own = listen()) {
            assertThat(own.isOpen()).isTrue();
            assertThatThrownBy(() -> socket().protect(0770, "no such group")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void deletingTwiceIsNoError() throws IOException {
        listen().close();
        socket().delete();
        socket().delete();
        assertThat(path()).doesNotExist();
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path()));
    }

    private UnixSocketFile socket() {
        return new UnixSocketFile(path());
    }

    private Path path() {
        return directory.resolve("s");
    }
}
