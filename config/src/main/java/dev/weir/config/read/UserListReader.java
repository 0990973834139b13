package dev.weir.config.read;

import dev.weir.config.Origin;
import dev.weir.config.Secret;
import dev.weir.config.UserList;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads PgBouncer's auth file: `"user" "secret"` on a line, `""` for a quote inside, the rest of the line ignored;
/// empty lines and lines that begin with `;` do not count. A name that comes twice keeps its last secret.
public final class UserListReader {
    private static final int NAME_BYTES_MAX = 127;
    private static final int SECRET_BYTES_MAX = 65_000;

    /// What the file says, and where it could not be read. Immutable.
    public record Result(UserList users, List<SyntaxProblem> problems) {}

    /// The line being read, and how far.
    private static final class Line {
        private final String text;
        private int at;

        Line(String text) {
            this.text = text;
        }

        /// The next quoted text, or null if there is none or it does not end.
        private @Nullable String quoted() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length() || text.charAt(at) != '"') {
                return null;
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    if (at == text.length() || text.charAt(at) != '"') {
                        return value.toString();
                    }
                }
                value.append(c);
            }
            return null;
        }
    }

    private UserListReader() {}

    /// Reads the text of an auth file.
    ///
    /// @param file where the text comes from, for messages, which never quote the text
    public static Result read(String file, String text) {
        Map<String, Secret> secrets = new HashMap<>();
        SyntaxProblems problems = new SyntaxProblems();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith(";")) {
                entry(new Line(stripped), new Origin(file, number), secrets, problems);
            }
        }
        return new Result(new UserList(secrets), problems.list());
    }

    private static void entry(Line line, Origin origin, Map<String, Secret> secrets, SyntaxProblems problems) {
        String name = line.quoted();
        String secret = name == null ? null : line.quoted();
        if (name == null || secret == null) {
            problems.add(origin, "broken auth file: expected \"user\" \"secret\", both in double quotes");
        } else if (name.isEmpty() || tooLong(name, NAME_BYTES_MAX)) {
            problems.add(origin, "the user name is to have 1 to " + NAME_BYTES_MAX + " bytes");
        } else if (tooLong(secret, SECRET_BYTES_MAX)) {
            problems.add(origin, "the secret has more than " + SECRET_BYTES_MAX + " bytes");
        } else if (name.indexOf('\0') >= 0 || secret.indexOf('\0') >= 0) {
            problems.add(origin, "contains a NUL");
        } else {
            secrets.put(name, new Secret(secret));
        }
    }

    private static boolean tooLong(String text, int maxBytes) {
        return text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes;
    }
}
