package dev.weir.console.alert;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertHolds;
import dev.weir.config.setting.AlertSettings;
import java.time.Duration;

/// How long a threshold must have been reached for its alert to be raised, and must not have been for it to be cleared.
/// Immutable.
///
/// @param raiseAfter for rules without a time of their own
/// @param clearAfter for rules without a time of their own
/// @param own of single rules
record HoldTimes(Duration raiseAfter, Duration clearAfter, AlertHolds own) {

    static HoldTimes of(WeirConfig config) {
        return new HoldTimes(
                config.get(AlertSettings.ALERT_RAISE_AFTER),
                config.get(AlertSettings.ALERT_CLEAR_AFTER),
                AlertHolds.parse(config.get(AlertSettings.ALERT_HOLD_TIMES)));
    }

    Duration raiseAfter(AlertKey key) {
        AlertHolds.Hold hold = own.times().get(key.rule());
        return hold == null ? raiseAfter : hold.raiseAfter();
    }

    Duration clearAfter(AlertKey key) {
        AlertHolds.Hold hold = own.times().get(key.rule());
        Duration clear = hold == null ? null : hold.clearAfter();
        return clear == null ? clearAfter : clear;
    }
}
