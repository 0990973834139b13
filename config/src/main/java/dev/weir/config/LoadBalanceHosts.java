package dev.weir.config;

/// Which of several hosts of a database the next server connection goes to.
public enum LoadBalanceHosts implements Choice {
    /// Stay with a host until a connection to it fails, then go on to the next.
    DISABLE("disable"),
    /// The next host for each new connection.
    ROUND_ROBIN("round-robin");

    private final String text;

    LoadBalanceHosts(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
