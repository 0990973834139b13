package dev.weir.proxy.net;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a Unix socket: a dead one is removed, a live one is respected, mode and group are set. */
public final class UnixSocketFile {

    private static final Logger LOGGER = LoggerFactory.getLogger(UnixSocketFile.class);

    /** What {@code sun_path} holds on Linux, terminator included. */
    private static final int PATH_BYTES_MAX = 107;

    private final Path path;

    public UnixSocketFile(Path path) {
        this.path = path;
    }

    /**
     * Where PostgreSQL's clients look for the socket of a port.
     *
     * @param directory directory, or a name in the abstract namespace
     */
    public static String pathIn(String directory, int port) {
        return directory + "/.s.PGSQL." + port;
    }

    /**
     * Makes way for a new socket.
     *
     * @throws IOException with a message for the operator if somebody listens there, or the path cannot be used
     */
    public void prepare() throws IOException {
        int bytes = path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (bytes > PATH_BYTES_MAX) {
            throw new IOException(
                    "unix socket path " + path + " is " + bytes + " bytes long (allowed: " + PATH_BYTES_MAX + ")");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("cannot listen on " + path + ": it exists and is not a socket");
        }
        if (answers()) {
            throw new IOException("unix socket is in use, cannot continue: " + path);
        }
        Files.delete(path);
    }

    private boolean answers() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * Sets mode and group of the bound socket.
     *
     * @param mode permission bits, such as 0777
     * @param group name of the group, empty to leave it
     */
    public void protect(int mode, String group) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (!group.isEmpty()) {
            GroupPrincipal principal =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            view.setGroup(principal);
        }
        view.setPermissions(permissions(mode));
    }

    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwnerToOthers = {
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE,
        };
        for (int i = 0; i < fromOwnerToOthers.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(fromOwnerToOthers[i]);
            }
        }
        return permissions;
    }

    /** Removes the file; says so if it cannot. */
    public void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.warn("cannot remove unix socket {}: {}", path, e.getMessage());
        }
    }

    public Path path() {
        return path;
    }
}
