package dev.weir.console.show;

import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW DNS_HOSTS`.
final class ShowDnsHosts implements Topic {

    private static final TableShape<DnsHostSnapshot> SHAPE = TableShape.<DnsHostSnapshot>empty()
            .text("hostname", "the name", DnsHostSnapshot::hostname)
            .int8("ttl", "seconds it stays cached", DnsHostSnapshot::ttlSeconds)
            .text("addrs", "what it resolves to, separated by commas", host -> String.join(",", host.addresses()));

    @Override
    public String name() {
        return "DNS_HOSTS";
    }

    @Override
    public String meaning() {
        return "Cached host names.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .dnsHosts()
                .thenApply(hosts -> SHAPE.table(Rows.sorted(hosts, Comparator.comparing(DnsHostSnapshot::hostname))));
    }
}
