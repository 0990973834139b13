package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// PAM services in a directory of their own, which leaves those of the machine alone.
public final class PamServices implements AutoCloseable {
    private final Path directory = Scratch.directory("pam");

    /// Lets in everybody.
    public String permitting() {
        return service("permit", "auth required pam_permit.so", "account required pam_permit.so");
    }

    /// Knows every password, and then turns the account away.
    public String withoutAccounts() {
        return service("account", "auth required pam_permit.so", "account required pam_deny.so");
    }

    /// Lets in a user with this password, and asks a script about it.
    public String taking(String user, String password) {
        Path script = write(
                "check.sh",
                "#!/bin/sh\nIFS= read -r given\ntest \"$PAM_USER\" = '" + user + "' && test \"$given\" = '" + password
                        + "'\n");
        try {
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return service(
                "exec", "auth required pam_exec.so quiet expose_authtok " + script, "account required pam_permit.so");
    }

    /// Lets in everybody, after a while.
    public String slow(int seconds) {
        Path script = write("slow.sh", "#!/bin/sh\nsleep " + seconds + "\n");
        try {
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return service("slow", "auth required pam_exec.so quiet " + script, "account required pam_permit.so");
    }

    /// A service by the name of its file.
    private String service(String name, String... lines) {
        return write(name, String.join("\n", lines) + "\n").toString();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Scratch.delete(directory);
    }
}
