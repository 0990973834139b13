package dev.weir.proxy.net;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a process is reached that has handed its listening sockets over and still has clients: beside the socket that
/// was its own, in a directory with its pid, under the same name: `.weir.4711/.s.PGSQL.6432`. So any client of
/// PostgreSQL finds it, and its successor by looking around. Only processes of the same user get in.
public final class OldProcessSocket {

    private static final Logger LOGGER = LoggerFactory.getLogger(OldProcessSocket.class);
    private static final String DIRECTORY_PREFIX = ".weir.";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path directory;
    private final Path path;
    private @Nullable BoundListener listener;

    private OldProcessSocket(Path directory, String name) {
        this.directory = directory;
        this.path = directory.resolve(name);
    }

    /// The socket of a process.
    ///
    /// @param clients the socket that it has handed over
    static OldProcessSocket of(Path clients, long pid) {
        return new OldProcessSocket(
                clients.resolveSibling(DIRECTORY_PREFIX + pid),
                clients.getFileName().toString());
    }

    /// The sockets of all processes of this user that have handed `clients` over.
    public static List<Path> find(Path clients) throws IOException {
        Path parent = clients.toAbsolutePath().getParent();
        if (parent == null) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, DIRECTORY_PREFIX + "*")) {
            for (Path directory : directories) {
                Path socket = directory.resolve(clients.getFileName());
                if (isOwn(directory) && Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(socket);
                }
            }
        }
        return found;
    }

    /// Others could have put one there: in `/tmp` everybody may.
    private static boolean isOwn(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return owner instanceof Integer uid && uid == (int) new UnixSystem().getUid();
    }

    Path path() {
        return path;
    }

    /// Makes the directory; what a process of the same pid has left there goes.
    void prepare() throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            Files.setPosixFilePermissions(directory, OWNER_ONLY); // fails when it is somebody else's
        }
        new UnixSocketFile(path).prepare();
    }

    void listener(BoundListener bound) {
        listener = bound;
    }

    /// Stops to listen there and leaves nothing behind.
    void close() {
        if (listener != null) {
            listener.close();
        }
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOGGER.warn("cannot remove {}: {}", directory, e.getMessage());
        }
    }
}
