package dev.weir.config.read;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weir.config.Origin;
import dev.weir.config.access.BadOption;
import dev.weir.config.access.IdentLine;
import dev.weir.config.access.IdentMaps;
import dev.weir.config.access.LineLexer;
import dev.weir.config.access.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads `auth_ident_file`: `map system-name user`, as PostgreSQL's `pg_ident.conf`. A system name that begins with `/`
/// is a regular expression; `\1` in the user then stands for its first group. The user `all` is every user.
public final class IdentReader {
    private static final int EXPRESSION_LENGTH_MAX = 1_000;
    private static final int FIELDS = 3;

    private final SyntaxProblems problems = new SyntaxProblems();
    private final Map<String, List<IdentLine>> maps = new LinkedHashMap<>();

    /// What the file says, and the lines that could not be read. Immutable.
    public record Result(IdentMaps maps, List<SyntaxProblem> problems) {}

    private IdentReader() {}

    /// Reads the text of a file.
    ///
    /// @param file where the text comes from, for messages
    public static Result read(String file, String text) {
        IdentReader reader = new IdentReader();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            reader.line(line, new Origin(file, number));
        }
        return new Result(new IdentMaps(reader.maps), reader.problems.list());
    }

    private void line(String line, Origin origin) {
        try {
            List<List<Token>> fields = LineLexer.fields(line);
            if (fields.stream().anyMatch(field -> field.size() != 1)) {
                problems.add(origin, "a comma outside of quotes");
            } else if (!fields.isEmpty()) {
                add(fields.stream().map(List::getFirst).toList(), origin);
            }
        } catch (BadOption e) {
            problems.add(origin, e.reason());
        }
    }

    private void add(List<Token> tokens, Origin origin) {
        if (tokens.size() != FIELDS) {
            problems.add(origin, "expected three columns: map, name in the system, user");
            return;
        }
        String system = tokens.get(1).text();
        Token user = tokens.get(2);
        if (tokens.stream().anyMatch(token -> token.text().isEmpty())) {
            problems.add(origin, "an empty name");
        } else if (!user.quoted() && (user.text().startsWith("+") || user.text().startsWith("/"))) {
            problems.add(origin, "neither roles nor regular expressions are supported as the user");
        } else if (system.startsWith("/")) {
            expression(tokens, system.substring(1), origin);
        } else {
            put(tokens, new IdentLine(origin, system, null, user.text(), user.is("all")));
        }
    }

    private void expression(List<Token> tokens, String text, Origin origin) {
        if (text.length() > EXPRESSION_LENGTH_MAX) {
            problems.add(origin, "the regular expression has more than " + EXPRESSION_LENGTH_MAX + " characters");
            return;
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            problems.add(origin, "not a regular expression: " + e.getDescription());
            return;
        }
        Token user = tokens.get(2);
        if (user.text().contains(IdentLine.FIRST_GROUP) && pattern.groupCount() == 0) {
            problems.add(origin, "\\1 stands for a group, and the regular expression has none");
            return;
        }
        put(tokens, new IdentLine(origin, "", pattern, user.text(), user.is("all")));
    }

    private void put(List<Token> tokens, IdentLine line) {
        maps.computeIfAbsent(tokens.getFirst().text(), _ -> new ArrayList<>()).add(line);
    }
}
