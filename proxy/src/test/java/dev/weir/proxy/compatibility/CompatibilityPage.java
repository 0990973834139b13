package dev.weir.proxy.compatibility;

import dev.weir.config.AuthType;
import dev.weir.config.check.Differences;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.Availability;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.Settings;
import dev.weir.console.command.Syntax;
import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import dev.weir.console.table.Column;
import dev.weir.proxy.compatibility.CompatibilityRow.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// Renders the page that says of everything in PgBouncer what Weir makes of it. What it says of a setting comes from
/// the
/// setting's declaration, what it says of the console from the console's own tables.
final class CompatibilityPage {
    private static final String HEAD = """
        # PgBouncer's features, one by one

        <!-- Made from the tables of settings and commands by CompatibilityPageTest; -Ddocs.write=true writes it anew. -->

        Every setting, command, column, authentication method, signal and option of PgBouncer 1.25, what Weir makes of it, and
        the test that shows it. **Same** is the same in every respect that a user can see. **Better** is that, but for what is
        said. **Other rows** have the same columns. **No effect** is accepted and changes nothing, for it steers something that
        only PgBouncer has inside.
        **Refused** is an error at start, so that nobody believes to have what is not there. `weir check pgbouncer.ini` says the
        same of what stands in that file. What holds beyond single features is told in
        [pgbouncer-differences.md](pgbouncer-differences.md).
        """;

    /// What rows of SHOW tell otherwise than PgBouncer's, though their columns are the same.
    private static final Map<String, String> ROWS = Map.of(
            "FDS",
            "Listening sockets and their descriptors, no clients or servers: those stay with their process.",
            "MEM",
            "Weir's own kinds of memory.");

    private final StringBuilder page = new StringBuilder(HEAD);

    private CompatibilityPage() {}

    static String render() {
        CompatibilityPage page = new CompatibilityPage();
        page.settings(Scope.GLOBAL, "Settings in `[pgbouncer]`");
        page.settings(Scope.DATABASE, "Settings in `[databases]`");
        page.settings(Scope.USER, "Settings in `[users]`");
        page.settings(Scope.PEER, "Settings in `[peers]`");
        page.table("Commands of the console", "command", Kind.COMMAND, row -> text(row.second()));
        page.topics();
        page.table("Authentication methods (`auth_type`)", "method", Kind.AUTH, row -> auth(row.first()));
        page.table("Methods in `auth_hba_file`", "method", Kind.HBA, row -> text(row.second()));
        page.table("Signals", "signal", Kind.SIGNAL, row -> text(row.second()));
        page.table("Options of the command line", "option", Kind.FLAG, row -> text(row.second()));
        return page.page.toString();
    }

    /// How one row is told.
    @FunctionalInterface
    private interface State {
        String of(CompatibilityRow row);
    }

    private void table(String title, String what, Kind kind, State state) {
        head(title, what);
        for (CompatibilityRow row : CompatibilityRow.of(kind)) {
            line(row.first(), state.of(row), test(row, row.first()));
        }
    }

    private void head(String title, String what) {
        page.append("\n## ").append(title).append("\n\n| ").append(what).append(" | in Weir | test |\n|---|---|---|\n");
    }

    private void line(String name, String state, String test) {
        page.append("| `")
                .append(name)
                .append("` | ")
                .append(state)
                .append(" | ")
                .append(test)
                .append(" |\n");
    }

    private void settings(Scope scope, String title) {
        head(title, "setting");
        for (CompatibilityRow row : CompatibilityRow.of(Kind.SETTING)) {
            if (row.first().equals(place(scope))) {
                line(row.second(), state(setting(scope, row.second())), test(row, row.second()));
            }
        }
    }

    /// Where the test is that shows it: the method, if one speaks of it.
    private static String test(CompatibilityRow row, String word) {
        return row.test().contains("#") ? row.test() : TestSources.methodThatSays(row.test(), word);
    }

    static String place(Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    static Setting<?> setting(Scope scope, String name) {
        return Objects.requireNonNull(Settings.find(scope, name), name + " in " + scope);
    }

    private static <T> String state(Setting<T> setting) {
        String difference = Differences.of(setting);
        return switch (setting.availability()) {
            case FULL -> text(difference == null ? "" : difference);
            case NO_EFFECT -> "no effect";
            case PARTIAL -> "partly: takes " + setting.supportedText() + "; anything else is refused";
            case MISSING -> "refused: not there yet";
        };
    }

    private static String text(String difference) {
        return difference.isEmpty() ? "same" : "better: " + difference;
    }

    private static String auth(String method) {
        AuthType type = Arrays.stream(AuthType.values())
                .filter(each -> each.text().equals(method))
                .findFirst()
                .orElseThrow();
        return AuthSettings.AUTH_TYPE.supports(type) ? "same" : "refused: not there yet";
    }

    private void topics() {
        page.append("""

            ## SHOW

            The columns are PgBouncer's, in its order and with its types.

            | topic | in Weir | test |
            |---|---|---|
            """);
        for (CompatibilityRow row : CompatibilityRow.of(Kind.SHOW)) {
            Topic topic = Objects.requireNonNull(Topics.find(row.first()), row.first());
            String difference = ROWS.get(topic.name());
            String state = difference == null ? "same" : "other rows: " + difference + " Columns";
            line(row.first(), state + ": " + columns(topic, ", "), row.test());
        }
    }

    /// The columns as a row tells them.
    static String columns(Topic topic, String between) {
        return topic.columns().stream()
                .map(column -> between.isBlank() ? column.name() + ":" + letter(column) : "`" + column.name() + "`")
                .collect(Collectors.joining(between));
    }

    private static char letter(Column column) {
        return switch (column.type()) {
            case TEXT -> 's';
            case INT4 -> 'i';
            case INT8 -> 'q';
            case NUMERIC -> 'N';
            case BYTEA -> 'b';
            case TIMESTAMP -> 'T';
        };
    }

    /// The console's own words for its commands, as far as PgBouncer has them too.
    static List<String> commands() {
        return Arrays.stream(Syntax.values())
                .filter(syntax -> syntax != Syntax.RESET_QUERIES)
                .map(Syntax::name)
                .toList();
    }

    /// Whether a setting is refused as a whole, which needs no test of its own.
    static boolean isRefused(Setting<?> setting) {
        return setting.availability() == Availability.MISSING;
    }
}
