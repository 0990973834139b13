package dev.weir.proxy.bench;

/// PostgreSQL without anything between.
///
/// @param postgres where it is
record DirectPostgres(Endpoint postgres) implements Contestant {

    static final String LABEL = "PostgreSQL";

    @Override
    public String label() {
        return LABEL;
    }

    @Override
    public Endpoint endpoint(Setup setup, String database) {
        return postgres;
    }
}
