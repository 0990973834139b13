package dev.weir.console.alert;

import dev.weir.console.history.Reading;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.util.List;
import java.util.Set;

/// What the rules look at. Immutable.
///
/// @param pools as of now
/// @param latest the counters as of some seconds ago
/// @param earlier the counters as of a minute before that, or of the start
/// @param atRest databases that an operator has paused: there clients wait on purpose
/// @param holders clients that are silent within transactions, as of now
record Look(
        List<PoolSnapshot> pools,
        Reading latest,
        Reading earlier,
        Set<String> atRest,
        List<HolderCountSnapshot> holders) {}
