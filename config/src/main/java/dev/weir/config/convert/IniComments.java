package dev.weir.config.convert;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.TextFile;
import dev.weir.config.read.UnreadableFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The comments of an ini file and those that it includes, each as lines of a TOML file in front of the entry that they
/// stand in front of. Each is given away once.
final class IniComments {
    private final FileLookup files;
    private final Path main;
    private final Map<String, SortedMap<Integer, List<String>>> byFile = new HashMap<>();

    IniComments(Path main) {
        this.main = main;
        this.files = new FileLookup(main, ConfigFormat.INI);
        byFile.put(main.toString(), read(main));
    }

    /// What stands in front of an entry, behind the one before.
    List<String> before(Origin entry) {
        List<String> comments =
                byFile.computeIfAbsent(entry.file(), this::included).remove(entry.line());
        return comments == null ? List.of() : comments;
    }

    /// What stands in front of entries that nobody has asked for, and behind the last ones.
    List<String> rest() {
        return byFile.values().stream()
                .flatMap(file -> file.values().stream())
                .flatMap(List::stream)
                .toList();
    }

    private SortedMap<Integer, List<String>> included(String name) {
        try {
            return read(files.find(name));
        } catch (UnreadableFile e) {
            return new TreeMap<>();
        }
    }

    private static SortedMap<Integer, List<String>> read(Path file) {
        SortedMap<Integer, List<String>> comments = new TreeMap<>();
        List<String> pending = new ArrayList<>();
        int number = 0;
        try {
            for (String line :
                    TextFile.read(file, TextFile.CONFIG_BYTES_MAX).lines().toList()) {
                number++;
                String stripped = line.strip();
                if (stripped.startsWith(";") || stripped.startsWith("#")) {
                    pending.add(comment(stripped));
                } else if (stripped.isEmpty()) {
                    if (!pending.isEmpty() && !pending.getLast().isEmpty()) {
                        pending.add("");
                    }
                } else if (!stripped.startsWith("[") && !stripped.startsWith("%") && !pending.isEmpty()) {
                    comments.put(number, List.copyOf(pending));
                    pending.clear();
                }
            }
        } catch (UnreadableFile e) {
            return comments; // the file has been read already, and gone since
        }
        if (!pending.isEmpty()) {
            comments.put(number + 1, List.copyOf(pending));
        }
        return comments;
    }

    private static String comment(String line) {
        String text = line.replaceFirst("^[;#]+", "").replaceAll("[\\x00-\\x08\\x0b-\\x1f\\x7f]", " ");
        return text.isEmpty() || text.startsWith(" ") || text.startsWith("\t") ? "#" + text : "# " + text;
    }

    @Override
    public String toString() {
        return "comments of " + main;
    }
}
