package dev.weir.console.show;

import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW LISTS`.
final class ShowLists implements Topic {

    private static final TableShape<Item> SHAPE = TableShape.<Item>empty()
            .text("list", "what is counted", Item::list)
            .int4("items", "how many there are", Item::items);

    @Override
    public String name() {
        return "LISTS";
    }

    @Override
    public String meaning() {
        return "How many objects of each kind exist. Nothing is kept for reuse, so the free lists are empty.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().lists().thenApply(lists -> SHAPE.table(items(lists)));
    }

    /// The virtual database, its user and its pool count as PgBouncer's do.
    private static List<Item> items(ListsSnapshot lists) {
        return List.of(
                new Item("databases", lists.databases() + 1),
                new Item("users", lists.users() + 1),
                new Item("peers", lists.peers()),
                new Item("pools", lists.pools() + 1),
                new Item("peer_pools", lists.peerPools()),
                new Item("free_clients", 0),
                new Item("used_clients", lists.clients()),
                new Item("login_clients", lists.loginClients()),
                new Item("free_servers", 0),
                new Item("used_servers", lists.servers()),
                new Item("dns_names", lists.dnsNames()),
                new Item("dns_zones", lists.dnsZones()),
                new Item("dns_queries", lists.dnsQueries()),
                new Item("dns_pending", lists.dnsPending()));
    }

    private record Item(String list, int items) {}
}
