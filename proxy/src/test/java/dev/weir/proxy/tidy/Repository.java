package dev.weir.proxy.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The working tree that the checks walk.
final class Repository {

    private static final Set<String> NOT_OURS = Set.of(".git", "target", ".idea", ".vscode", "node_modules");

    private Repository() {}

    /// The top-level directory: told by the build, else the nearest one above that has all modules.
    static Path root() {
        String told = System.getProperty("weir.root");
        Path at = Path.of(told == null ? "" : told).toAbsolutePath();
        while (!Files.isDirectory(at.resolve("admin-console"))) {
            Path parent = at.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no directory with the modules above " + Path.of("").toAbsolutePath());
            }
            at = parent;
        }
        return at;
    }

    /// All files whose names end in one of the endings, of all modules, in a stable order.
    static List<Path> files(String... endings) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(nameOf(directory))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    for (String ending : endings) {
                        if (nameOf(file).endsWith(ending)) {
                            found.add(file);
                            break;
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }

    static List<Path> javaFiles() {
        return files(".java");
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The path below the root, with slashes: what messages name.
    static String name(Path file) {
        return root().relativize(file).toString().replace('\\', '/');
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }
}
