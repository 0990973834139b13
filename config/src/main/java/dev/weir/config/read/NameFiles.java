package dev.weir.config.read;

import dev.weir.config.access.BadOption;
import dev.weir.config.access.LineLexer;
import dev.weir.config.access.Token;
import dev.weir.config.read.HbaReader.BadLine;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Puts the names in place that stand in files of their own (`@file`). Such a file holds names with blanks, commas or
/// line ends between them, comments behind `#`, and may name others. Blocks while it reads.
final class NameFiles {
    private static final int DEPTH_MAX = 10;
    private static final int NAMES_MAX = 1_000_000;

    private final Path start;
    private int names;

    /// @param start the file from whose place names of files are understood
    NameFiles(Path start) {
        this.start = start;
    }

    /// The tokens, with those of files in place of the files' names.
    List<Token> expanded(List<Token> tokens) throws BadLine {
        List<Token> all = new ArrayList<>();
        add(tokens, start, 0, all);
        return all;
    }

    private void add(List<Token> tokens, Path from, int depth, List<Token> all) throws BadLine {
        for (Token token : tokens) {
            if (token.isFile()) {
                file(token.text().substring(1), from, depth + 1, all);
            } else {
                names++;
                if (names > NAMES_MAX) {
                    throw new BadLine("more than " + NAMES_MAX + " names");
                }
                all.add(token);
            }
        }
    }

    private void file(String name, Path from, int depth, List<Token> all) throws BadLine {
        if (depth > DEPTH_MAX) {
            throw new BadLine("@" + name + ": files name each other more than " + DEPTH_MAX + " deep");
        }
        try {
            Path file = from.resolveSibling(Path.of(name));
            for (String line :
                    TextFile.read(file, TextFile.CONFIG_BYTES_MAX).lines().toList()) {
                for (List<Token> field : LineLexer.fields(line)) {
                    add(field, file, depth, all);
                }
            }
        } catch (InvalidPathException _) {
            throw new BadLine("@" + name + ": not a file name");
        } catch (UnreadableFile e) {
            throw new BadLine("@" + name + ": " + e.reason());
        } catch (BadOption e) {
            throw new BadLine("@" + name + ": " + e.reason());
        }
    }
}
