package dev.weir.console.show;

import dev.weir.console.port.DnsZoneSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW DNS_ZONES`.
final class ShowDnsZones implements Topic {

    private static final TableShape<DnsZoneSnapshot> SHAPE = TableShape.<DnsZoneSnapshot>empty()
            .text("zonename", "the zone", DnsZoneSnapshot::zone)
            .int8("serial", "the serial seen last", DnsZoneSnapshot::serial)
            .int4("count", "host names in it", DnsZoneSnapshot::hosts);

    @Override
    public String name() {
        return "DNS_ZONES";
    }

    @Override
    public String meaning() {
        return "DNS zones whose serial is watched.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .dnsZones()
                .thenApply(zones -> SHAPE.table(Rows.sorted(zones, Comparator.comparing(DnsZoneSnapshot::zone))));
    }
}
