package dev.weir.proxy.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a check plays on: clients, as many as it asks for, and an empty schema `weir_check` for its objects. For one
/// thread.
public final class Stage implements AutoCloseable {

    /// How often a check looks again; by then each of the two servers has been met.
    static final int ROUNDS = 3;

    private static final String CLEAR = """
        SET client_min_messages = warning; SET lock_timeout = '3s';
        DROP SCHEMA IF EXISTS weir_check CASCADE; CREATE SCHEMA weir_check;
        RESET client_min_messages; RESET lock_timeout\
        """;

    private final Target target;
    private final Rivals rivals;
    private final List<Session> clients = new ArrayList<>();

    private Stage(Target target, Rivals rivals) {
        this.target = target;
        this.rivals = rivals;
    }

    /// Clears what was there before.
    static Stage set(Target target, Rivals rivals) {
        rivals.cleanUp();
        Stage stage = new Stage(target, rivals);
        try (Session sweeper = Session.open(target, Map.of(), null)) {
            sweeper.run(CLEAR);
        }
        return stage;
    }

    /// A new client.
    Session client() {
        return client(Map.of());
    }

    /// A new client.
    ///
    /// @param parameters of its StartupMessage, besides user and database
    Session client(Map<String, String> parameters) {
        Session client = Session.open(target, parameters, rivals);
        clients.add(client);
        return client;
    }

    /// The role that all clients log in as.
    String user() {
        return target.user();
    }

    /// Leaves a check that only a superuser can make.
    void needsSuperuser() {
        if (!client().value("SHOW is_superuser").equals("on")) {
            throw new NotApplicable("needs a superuser");
        }
    }

    /// All clients leave.
    @Override
    public void close() {
        clients.forEach(Session::close);
        rivals.letGo();
    }
}
