/// What the console and the metrics need of a running pooler: immutable snapshots to read ([PoolerView]) and actions
/// to order ([PoolerControl]). The pooler implements both; nothing here knows of sockets or event loops.
@NullMarked
package dev.weir.console.port;

import org.jspecify.annotations.NullMarked;
