package dev.weir.console.port;

import java.util.List;
import java.util.concurrent.CompletionStage;

/// Immutable snapshots of a running pooler. May be called from any thread; a stage may complete on any thread, and
/// callers must not block in its callbacks. Rows come in no particular order. Neither the virtual database
/// `pgbouncer` nor its pool appears among databases, users, pools and statistics: the console adds those rows itself.
public interface PoolerView {

    /// What this process is; never changes while it lives.
    PoolerIdentity identity();

    /// Whether the pooler serves, and how many console sessions are open.
    CompletionStage<PoolerState> state();

    /// Every setting as `SHOW CONFIG` tells it.
    CompletionStage<List<SettingSnapshot>> settings();

    /// Every pool that has served a login since its database appeared.
    CompletionStage<List<PoolSnapshot>> pools();

    /// Every client connection, those that still log in and console sessions included.
    CompletionStage<List<ClientSnapshot>> clients();

    /// Every server connection, those that still log in included.
    CompletionStage<List<ServerSnapshot>> servers();

    /// Every configured database and every one made on demand from `*`.
    CompletionStage<List<DatabaseSnapshot>> databases();

    /// Every known user: from the auth file, from the settings, forced by a database, or seen at a login.
    CompletionStage<List<UserSnapshot>> users();

    /// Every listening socket that can be passed to another process.
    CompletionStage<List<ListenerSnapshot>> listeners();

    /// Every reason for which a client keeps its server between transactions.
    CompletionStage<List<PinSnapshot>> pins();

    /// How many servers of every pool are kept so.
    CompletionStage<List<PinCountSnapshot>> pinCounts();

    /// What the statements of every pool cost.
    CompletionStage<List<QuerySnapshot>> queries();

    /// The last slow queries.
    CompletionStage<List<SlowQuerySnapshot>> slowQueries();

    /// Every client that has a server.
    CompletionStage<List<BlockerSnapshot>> blockers();

    /// How many clients of every pool are silent within a transaction, as of half a second ago.
    CompletionStage<List<HolderCountSnapshot>> holderCounts();

    /// What the clients of every pool listen on.
    CompletionStage<List<ListenSnapshot>> listening();

    /// Running totals of every pool since the process started.
    CompletionStage<List<StatsSnapshot>> stats();

    /// How many clients were not let in, by database and error.
    CompletionStage<List<LoginFailureSnapshot>> loginFailures();

    /// What is counted about TLS.
    TlsSnapshot tls();

    /// What has come of spans.
    SpanSnapshot spans();

    /// How many objects of each kind exist.
    CompletionStage<ListsSnapshot> lists();

    /// Memory by purpose.
    CompletionStage<List<MemorySnapshot>> memory();

    /// Host names resolved and still cached.
    CompletionStage<List<DnsHostSnapshot>> dnsHosts();

    /// DNS zones whose serial is watched.
    CompletionStage<List<DnsZoneSnapshot>> dnsZones();

    /// Configured peers.
    CompletionStage<List<PeerSnapshot>> peers();

    /// Pools of connections to peers, for cancel requests that belong to them.
    CompletionStage<List<PeerPoolSnapshot>> peerPools();
}
