package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts PostgreSQL's programs as somebody else when the tests run as root, which PostgreSQL refuses.
final class Privileges {
    private static final List<String> ACCOUNTS = List.of("postgres", "nobody");
    private static final List<Path> FOLDERS = List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"));

    private Privileges() {}

    /// The command line that runs `command` without root's rights and in the same process.
    static List<String> dropped(List<String> command) {
        String account = account();
        if (account == null) {
            return command;
        }
        List<String> line = new ArrayList<>();
        if (program("setpriv") != null) {
            line.addAll(List.of("setpriv", "--reuid=" + account, "--regid=" + group(account), "--clear-groups", "--"));
        } else {
            line.addAll(List.of("runuser", "-u", account, "--"));
        }
        line.addAll(command);
        return line;
    }

    /// Gives a directory to the account that the programs run as.
    static void handOver(Path directory) {
        String account = account();
        if (account == null) {
            return;
        }
        try {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String account() {
        if (!System.getProperty("user.name").equals("root")) {
            return null;
        }
        for (String name : ACCOUNTS) {
            if (passwdLine(name) != null) {
                return name;
            }
        }
        throw new IllegalStateException("root needs one of the accounts " + ACCOUNTS + " to run PostgreSQL");
    }

    private static String group(String account) {
        String line = passwdLine(account);
        return line == null ? account : line.split(":")[3];
    }

    private static @Nullable String passwdLine(String account) {
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream()
                    .filter(line -> line.startsWith(account + ":"))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Path program(String name) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
