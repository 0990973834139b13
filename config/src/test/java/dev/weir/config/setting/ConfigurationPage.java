package dev.weir.config.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Renders the reference page of all settings, in Markdown.
final class ConfigurationPage {
    private static final String HEAD = """
        # Configuration reference

        <!-- Written from the tables of settings: mvn -pl config test -Dtest=ConfigurationPageTest -Ddocs.write=true -->

        `weir run FILE` takes a TOML file, or a `pgbouncer.ini` as it is; what is in the file tells which. Both set the
        same settings, named alike. `weir check FILE` tells everything that is wrong with a file, with the line.

        ## The TOML file

        ```toml
        [weir]
        listen_addr = ["127.0.0.1"]
        auth_type = "scram-sha-256"
        auth_file = "userlist.txt"
        pool_mode = "transaction"
        query_timeout = "1m30s"

        [databases.app]
        host = ["10.0.0.11", "10.0.0.12"]
        user = "app"
        password = "${APP_PASSWORD}"

        [databases."*"]
        host = "/run/postgresql"

        [users.reports]
        pool_mode = "session"
        ```

        - **Durations** are texts with units (`us`, `ms`, `s`, `m` or `min`, `h`, `d`, also joined: `"1h30m"`), or bare
          numbers of seconds.
        - **Sizes** are texts with units (`B`, `KiB`, `MiB`, `GiB`; `kB` is 1024 bytes as in PostgreSQL), or bare numbers of
          bytes.
        - **Lists** are arrays of texts, or one text with commas.
        - **Environment variables** stand in any text: `${NAME}`, or `${NAME:-default}` for one that may be unset or
          empty. `$${` is a plain `${`.
        - Relative file names are relative to the file that names them.
        - `[databases."*"]` is for every database without an entry of its own.

        ## The ini file

        ```ini
        [databases]
        app = host=10.0.0.11,10.0.0.12 user=app password='it''s secret'
        'name with blanks' = dbname=other
        * = host=/run/postgresql

        [users]
        reports = pool_mode=session

        [pgbouncer]
        listen_addr = 127.0.0.1
        auth_type = scram-sha-256
        auth_file = userlist.txt
        pool_mode = transaction
        query_timeout = 90
        ```

        PgBouncer's syntax: `;` or `#` begin a comment only at the beginning of a line; numbers are decimal, `0777` octal or
        `0x1ff`; booleans are `1` and `0`; durations are seconds, with a fraction if need be; `%include FILE` stands
        anywhere. Relative names are looked for in the working directory as PgBouncer does, then beside the file.
        `${NAME}` works in `password` only. Unlike PgBouncer, Weir reads the whole file before it complains or applies
        anything.

        ## What goes before what

        Where a database and a user both say something, the user's entry counts, then the database's, then the global
        value. RELOAD reads everything anew, all or nothing: what is no longer in the file goes back to its default, and
        what `SET` changed is lost. Settings marked *restart* keep their value until Weir is restarted; RELOAD says
        which.
        """;

    private ConfigurationPage() {}

    static String render() {
        StringBuilder page = new StringBuilder(HEAD);
        for (SettingTable table : Settings.tables()) {
            page.append("\n## ").append(table.title()).append("\n\n");
            table.settings().forEach(setting -> entry(page, setting));
        }
        return page.toString().stripTrailing() + "\n";
    }

    private static <T> void entry(StringBuilder page, Setting<T> setting) {
        page.append("### `").append(setting.name()).append("`\n");
        page.append(facts(setting)).append("\n\n");
        page.append(setting.documentation()).append('\n');
        paragraph(page, "Values: " + values(setting), !setting.type().words().isEmpty());
        paragraph(page, availability(setting), setting.availability() != Availability.FULL);
        paragraph(page, "Unlike PgBouncer: " + setting.difference(), setting.difference() != null);
        page.append('\n');
    }

    private static void paragraph(StringBuilder page, String text, boolean wanted) {
        if (wanted) {
            page.append('\n').append(text).append('\n');
        }
    }

    private static <T> String facts(Setting<T> setting) {
        List<String> facts = new ArrayList<>();
        facts.add(setting.type().label());
        Setting<T> fallback = setting.fallback();
        String value = setting.type().toml(setting.defaultValue());
        boolean unset = value.equals("\"\"") || value.equals("[]");
        if (fallback != null) {
            facts.add("default `" + fallback.name() + "`");
        } else {
            facts.add(unset ? "unset by default" : "default `" + value + "`");
        }
        facts.add(setting.scopes().stream().map(ConfigurationPage::place).collect(Collectors.joining(", ")));
        facts.add(setting.reloadable() ? "reload" : "*restart*");
        facts.add("since " + setting.since());
        if (!setting.aliases().isEmpty()) {
            facts.add("also `" + String.join("`, `", setting.aliases()) + "`");
        }
        return String.join(" · ", facts);
    }

    private static String place(Scope scope) {
        return switch (scope) {
            case GLOBAL -> "global";
            case DATABASE, USER, PEER -> scope.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String values(Setting<?> setting) {
        return setting.type().words().stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    private static String availability(Setting<?> setting) {
        return switch (setting.availability()) {
            case FULL -> "";
            case PARTIAL -> "This version takes " + setting.supportedText() + "; anything else is an error.";
            case MISSING -> "Not in this version: any value but the default is an error.";
            case NO_EFFECT -> "Accepted and without effect in Weir.";
        };
    }
}
