package dev.weir.console.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page says what the console knows, because it is made of the same tables.
final class ConsolePageTest {

    private static final Path PAGE = Path.of("..", "docs", "console.md");

    @Test
    void theCheckedInPageIsWhatTheConsoleKnows() throws IOException {
        String rendered = render();
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/console.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }

    private static String render() {
        StringBuilder page = new StringBuilder("""
            # The admin console

            <!-- Made from the tables of commands and topics by ConsolePageTest; -Ddocs.write=true writes it anew. -->

            Connect with any PostgreSQL client to the database `pgbouncer`, on the console's own port or on the
            ordinary one:

            ```
            psql -h 127.0.0.1 -p 6433 -U admin pgbouncer -c 'SHOW POOLS'
            ```

            Users in `admin_users` may do everything, users in `stats_users` may look. They are in `auth_file` or in
            `[users]` as others are, and prove who they are as others do. Over the Unix socket, whoever runs as the
            same operating-system user as Weir gets in as `pgbouncer` without a password:

            ```
            psql -h /tmp -p 6432 -U pgbouncer pgbouncer
            ```

            (`/tmp` is `unix_socket_dir`; on Linux and macOS, not with the transport nio.)

            Commands are words of any case, with or without a semicolon; several may stand in one query. Names
            with other characters than letters, digits, `_` and `-` stand in double quotes. The simple and the
            extended protocol both work, so drivers and Grafana's PostgreSQL source need no special mode:
            parameters (`KILL_CLIENT $1`), binary results and fetching in portions included. `SELECT * FROM pools`
            is another way to say `SHOW POOLS`. What drivers ask or set of their own accord (`SELECT 1`,
            `SHOW transaction_isolation`, `SET extra_float_digits`, `BEGIN`, look-ups in `pg_catalog`) gets a
            harmless answer. An unknown command is told what exists and what was perhaps meant.

            ## Commands

            All of these need an admin.

            | command | what it does |
            | --- | --- |
            """);
        for (Syntax syntax : Syntax.values()) {
            page.append("| `").append(syntax.form().replace("|", "\\|")).append("` | ");
            page.append(syntax.meaning()).append(" |\n");
        }
        page.append("""

            `PAUSE`, `SUSPEND` and `WAIT_CLOSE` answer when they are done. Pressing ^C, or closing the connection,
            before that ends the wait, and the pause with it.

            ## SHOW

            `SHOW HELP` lists the commands. `SHOW` and the name of a setting shows that setting. The others answer
            with a table. In `SHOW SOCKETS` states begin with `cl_` or `sv_`, and `new` is `sv_login`.

            """);
        for (Topic topic : Topics.ALL) {
            page.append("### SHOW ").append(topic.name()).append("\n\n").append(topic.meaning());
            page.append(topic.adminOnly() ? " Needs an admin.\n\n" : "\n\n");
            page.append("| column | type | meaning |\n| --- | --- | --- |\n");
            for (Column column : topic.columns()) {
                page.append("| `").append(column.name()).append("` | ").append(type(column.type()));
                page.append(" | ").append(column.meaning()).append(" |\n");
            }
            page.append("\n");
        }
        page.append("""
            ## Unlike PgBouncer

            - Comments, several commands in a query, empty queries and the extended protocol are accepted.
            - The name in `SET` may be in any case. Setting what needs a restart says so.
            - `SHOW VERSION` tells PgBouncer's version first, because tools take it for the one whose columns they
              may expect, and Weir's own behind it.
            - `SHOW FDS` passes the descriptors of listening sockets only, and tells no secrets.
            - `KILL_CLIENT` takes the `ptr` of `SHOW CLIENTS` as well as the `id`.
            """);
        return page.toString();
    }

    private static String type(ColumnType type) {
        return switch (type) {
            case TEXT -> "text";
            case INT4 -> "integer";
            case INT8 -> "bigint";
            case NUMERIC -> "numeric";
            case BYTEA -> "bytea";
            case TIMESTAMP -> "time, as text";
        };
    }
}
