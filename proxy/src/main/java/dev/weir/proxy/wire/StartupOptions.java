package dev.weir.proxy.wire;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the startup parameter `options` asks for. PostgreSQL takes it as command-line switches of the backend; those
/// that set a parameter (`-c name=value`, `-cname=value`, `--name=value`) are understood here.
public sealed interface StartupOptions {
    /// All of it sets parameters.
    ///
    /// @param settings in order, a name perhaps more than once (the last one counts); dashes in names have become
    ///     underscores, as PostgreSQL does it
    record Settings(List<Map.Entry<String, String>> settings) implements StartupOptions {
        /// Copies the list.
        public Settings {
            settings = List.copyOf(settings);
        }
    }

    /// Something in it does not set a parameter.
    ///
    /// @param word the first such word
    record UnsupportedSwitch(String word) implements StartupOptions {}

    /// Takes the text apart: words are separated by white space, a backslash makes the next character an ordinary one.
    static StartupOptions parse(String options) {
        List<String> words = words(options);
        List<Map.Entry<String, String>> settings = new ArrayList<>();
        for (int at = 0; at < words.size(); at++) {
            String word = words.get(at);
            String assignment;
            if (word.equals("-c") && at + 1 < words.size()) {
                at++;
                assignment = words.get(at);
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                assignment = word.substring(2);
            } else {
                return new UnsupportedSwitch(word);
            }
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                return new UnsupportedSwitch(word);
            }
            String name = assignment.substring(0, equals).replace('-', '_');
            settings.add(new SimpleImmutableEntry<>(name, assignment.substring(equals + 1)));
        }
        return new Settings(settings);
    }

    private static List<String> words(String options) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < options.length() && isSpace(options.charAt(at))) {
                at++;
            }
            if (at == options.length()) {
                return words;
            }
            StringBuilder word = new StringBuilder();
            for (; at < options.length() && !isSpace(options.charAt(at)); at++) {
                if (options.charAt(at) == '\\') {
                    at++;
                    if (at == options.length()) {
                        break;
                    }
                }
                word.append(options.charAt(at));
            }
            words.add(word.toString());
        }
    }

    // isspace() of the C locale, whatever Unicode thinks of other characters
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
