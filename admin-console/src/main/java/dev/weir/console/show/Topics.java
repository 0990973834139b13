package dev.weir.console.show;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// All topics of `SHOW` that answer with a table, in the order in which the reference page tells them.
public final class Topics {

    /// The topics.
    public static final List<Topic> ALL = List.of(
            new ShowVersion(),
            new ShowDatabases(),
            new ShowPools(),
            new ShowPeers(),
            new ShowPeerPools(),
            new ShowClients(),
            new ShowServers(),
            new ShowPins(),
            new ShowQueries(),
            new ShowSlow(),
            new ShowBlockers(),
            new ShowAlerts(),
            new ShowAdvice(),
            new ShowSockets(false),
            new ShowSockets(true),
            new ShowUsers(),
            new ShowLists(),
            ShowStats.both(),
            ShowStats.totals(),
            ShowStats.averages(),
            new ShowTotals(),
            new ShowConfig(),
            new ShowMem(),
            new ShowState(),
            new ShowDnsHosts(),
            new ShowDnsZones(),
            new ShowFds());

    private Topics() {}

    /// The topic of that name in any case.
    public static @Nullable Topic find(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return ALL.stream()
                .filter(topic -> topic.name().equals(upper))
                .findFirst()
                .orElse(null);
    }
}
