package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;
import static dev.weir.config.setting.SettingBuilder.only;

/// Several poolers behind one address that pass cancel requests on to each other.
public final class PeerSettings {
    static final SettingTable TABLE = new SettingTable("Peers");

    public static final Setting<Integer> PEER_ID = global("peer_id", ValueTypes.integer(0, 16_383), 0)
            .since("1.19")
            .doc(
                    TABLE,
                    "This pooler's number among its peers, the poolers behind one address or port: it stands in the "
                            + "cancel keys of its clients, so that a cancel request can be passed on from whichever "
                            + "pooler it reaches. 0 for no peering. The peers stand in `[peers]`, by number.");
    public static final Setting<Integer> PEER_PORT =
            only(Scope.PEER, "port", ValueTypes.PORT, 6432).since("1.19").doc(TABLE, "The peer's port.");

    private PeerSettings() {}
}
