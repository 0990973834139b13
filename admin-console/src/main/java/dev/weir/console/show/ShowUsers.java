package dev.weir.console.show;

import dev.weir.console.port.UserSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `SHOW USERS`.
final class ShowUsers implements Topic {

    private static final TableShape<UserSnapshot> SHAPE = TableShape.<UserSnapshot>empty()
            .text("name", "the user's name", UserSnapshot::name)
            .text(
                    "pool_size",
                    "pool size set for this user, right-aligned; empty when none is",
                    u -> aligned(u.poolSize()))
            .text(
                    "reserve_pool_size",
                    "reserve set for this user, right-aligned; empty when none is",
                    u -> aligned(u.reservePoolSize()))
            .text("pool_mode", "mode set for this user; NULL when none is", u -> Rows.mode(u.poolMode()))
            .int4("max_user_connections", "limit of server connections; 0 = none", UserSnapshot::maxConnections)
            .int4("current_connections", "server connections now", UserSnapshot::currentConnections)
            .int4(
                    "max_user_client_connections",
                    "limit of client connections; 0 = none",
                    UserSnapshot::maxClientConnections)
            .int4("current_client_connections", "client connections now", UserSnapshot::currentClientConnections);

    @Override
    public String name() {
        return "USERS";
    }

    @Override
    public String meaning() {
        return "Known users: from the auth file, from the settings, forced by a database, or seen at a login.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().users().thenCombine(source.view().clients(), (users, clients) -> {
            Map<String, Long> consoles = clients.stream()
                    .filter(client -> ConnectionRow.loggedIn(client)
                            && AdminDatabase.NAME.equals(client.connection().database()))
                    .collect(Collectors.groupingBy(
                            client -> String.valueOf(client.connection().user()), Collectors.counting()));
            boolean known = users.stream().anyMatch(user -> user.name().equals(AdminDatabase.NAME));
            List<UserSnapshot> all = known ? users : Rows.with(users, AdminDatabase.USER);
            return SHAPE.table(Rows.sorted(
                    all.stream()
                            .map(user -> user.withMoreClients(
                                    consoles.getOrDefault(user.name(), 0L).intValue()))
                            .toList(),
                    Comparator.comparing(UserSnapshot::name)));
        });
    }

    private static String aligned(@Nullable Integer size) {
        return size == null ? "" : String.format(Locale.ROOT, "%9d", size);
    }
}
