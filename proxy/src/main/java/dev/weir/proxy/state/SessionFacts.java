package dev.weir.proxy.state;

import java.util.List;
import java.util.Set;

/**
 * What PostgreSQL says of one session between two transactions.
 *
 * @param settings all that were set in it and hold still, as far as they are known
 * @param asAfterReset those of them that have the value which a RESET brings
 * @param complete whether no others can be set
 * @param privileged whether some of them may be set by superusers only, and by who has been allowed to
 * @param pins what else lives in it, or cannot be had by another session of the same user
 * @param channels what it listens on
 */
public record SessionFacts(
        SessionSettings settings,
        Set<String> asAfterReset,
        boolean complete,
        boolean privileged,
        List<Pin> pins,
        List<String> channels) {

    /** The same with other pins. */
    public SessionFacts with(List<Pin> others) {
        return new SessionFacts(settings, asAfterReset, complete, privileged, others, channels);
    }

    /** Those of the settings that can follow the session's user: not what only somebody else may set. */
    public SessionSettings portable() {
        SessionSettings portable = settings;
        for (Pin pin : pins) {
            if (pin.reason() == Pin.Reason.SETTING) {
                portable = portable.without(pin.detail());
            }
        }
        return portable;
    }
}
