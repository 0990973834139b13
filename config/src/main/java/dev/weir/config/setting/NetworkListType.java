package dev.weir.config.setting;

import dev.weir.config.Network;
import java.util.ArrayList;
import java.util.List;

/// Several networks, written as [ListType] does.
record NetworkListType() implements ValueType<List<Network>> {
    private static final ListType TEXTS = new ListType("networks");

    @Override
    public String label() {
        return "list of networks";
    }

    @Override
    public String allowed() {
        return "addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by commas, or in TOML an array of"
                + " texts";
    }

    @Override
    public List<Network> parse(RawValue raw) throws InvalidValue {
        List<Network> networks = new ArrayList<>();
        for (String text : TEXTS.parse(raw)) {
            Network network = Network.parse(text);
            if (network == null) {
                throw new InvalidValue("not a network");
            }
            networks.add(network);
        }
        return List.copyOf(networks);
    }

    private static List<String> texts(List<Network> value) {
        return value.stream().map(Network::toString).toList();
    }

    @Override
    public String show(List<Network> value) {
        return TEXTS.show(texts(value));
    }

    @Override
    public String toml(List<Network> value) {
        return TEXTS.toml(texts(value));
    }
}
