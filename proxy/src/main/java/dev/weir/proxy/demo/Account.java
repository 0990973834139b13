package dev.weir.proxy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Under whose name PostgreSQL runs: the user's own, or when that is root, which PostgreSQL refuses, another account's.
///
/// @param name the account's name
/// @param prefix the words before a command that make it run as that account; none for the user's own
record Account(String name, List<String> prefix) {

    private static final List<String> INSTEAD_OF_ROOT = List.of("postgres", "nobody");
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    Account {
        prefix = List.copyOf(prefix);
    }

    /// The account for this process.
    ///
    /// @throws DemoFailed if this is root and there is no account or no program to become somebody else
    static Account choose() throws DemoFailed {
        String own = System.getProperty("user.name");
        return own.equals("root") ? insteadOfRoot() : new Account(own, List.of());
    }

    private static Account insteadOfRoot() throws DemoFailed {
        String name = INSTEAD_OF_ROOT.stream()
                .filter(Account::exists)
                .findFirst()
                .orElseThrow(() -> new DemoFailed(
                        "PostgreSQL refuses to run as root, and none of the accounts %s is there to run it"
                                .formatted(INSTEAD_OF_ROOT)));
        List<String> prefix = new ArrayList<>();
        if (program("setpriv")) {
            prefix.addAll(List.of("setpriv", "--reuid", name, "--regid", groupOf(name), "--clear-groups", "--"));
        } else if (program("runuser")) {
            prefix.addAll(List.of("runuser", "-u", name, "--"));
        } else {
            throw new DemoFailed("PostgreSQL refuses to run as root; neither setpriv nor runuser is there to become "
                    + name + ": run the demo as an ordinary user");
        }
        return new Account(name, prefix);
    }

    private static boolean program(String name) {
        return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(name)));
    }

    private static boolean exists(String name) {
        return passwdLine(name).isPresent();
    }

    private static String groupOf(String name) {
        return passwdLine(name).orElseThrow().split(":", -1)[3];
    }

    private static Optional<String> passwdLine(String name) {
        try (var lines = Files.lines(Path.of("/etc/passwd"))) {
            return lines.filter(line -> line.startsWith(name + ":")).findFirst();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
