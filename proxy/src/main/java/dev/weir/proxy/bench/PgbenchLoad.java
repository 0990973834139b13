package dev.weir.proxy.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What pgbench is told to do. Immutable.
///
/// @param name of the workload
/// @param title of the workload
/// @param unit what one transaction is called
/// @param mode of the protocol: simple, extended, prepared
/// @param clients how many
/// @param script the text of it, or null for the one that reads one row by its key
/// @param setup of the pooler
/// @param database one of [Databases]
/// @param traits what else is special about it
/// @param rate how many are due each second, however long those before take; 0: the next when the last is answered
record PgbenchLoad(
        String name,
        String title,
        String unit,
        String mode,
        int clients,
        @Nullable String script,
        Setup setup,
        String database,
        Set<Trait> traits,
        int rate) {

    /// What may be special about a load.
    enum Trait {
        /// Clients use TLS.
        TLS,
        /// How evenly clients are served counts.
        FAIRNESS,
        /// Each transaction has a connection of its own.
        CONNECTS
    }

    /// PostgreSQL itself is not asked to have more than so many clients.
    static final int DIRECT_CLIENTS_MAX = 200;

    private static final int THREADS_MAX = 4;

    PgbenchLoad {
        traits = Set.copyOf(traits);
    }

    /// One row by its key, in transactions of one statement.
    static PgbenchLoad of(String name, String title, String mode, int clients) {
        return new PgbenchLoad(
                name, title, "transaction", mode, clients, null, Setup.PLAIN, Databases.USUAL, Set.of(), 0);
    }

    /// The same with another script.
    PgbenchLoad script(String text, String ofUnit) {
        return new PgbenchLoad(name, title, ofUnit, mode, clients, text, setup, database, traits, rate);
    }

    /// The same over another pool.
    PgbenchLoad over(String otherDatabase) {
        return new PgbenchLoad(name, title, unit, mode, clients, script, setup, otherDatabase, traits, rate);
    }

    /// The same with clients that use TLS.
    PgbenchLoad tls(Setup otherSetup) {
        return new PgbenchLoad(name, title, unit, mode, clients, script, otherSetup, database, traits, rate)
                .with(Trait.TLS);
    }

    /// The same with a new connection for each transaction.
    PgbenchLoad connecting() {
        return new PgbenchLoad(name, title, "login", mode, clients, script, setup, database, traits, rate)
                .with(Trait.CONNECTS);
    }

    /// The same at a constant rate.
    PgbenchLoad rate(int perSecond) {
        return new PgbenchLoad(name, title, unit, mode, clients, script, setup, database, traits, perSecond);
    }

    /// The same with something special.
    PgbenchLoad with(Trait trait) {
        Set<Trait> all = EnumSet.of(trait);
        all.addAll(traits);
        return new PgbenchLoad(name, title, unit, mode, clients, script, setup, database, all, rate);
    }

    /// Whether this is special about it.
    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /// The words for pgbench. With a new connection for each transaction, each client has a thread, which alone lets
    /// logins overlap.
    List<String> options(Tools tools) throws BenchFailed {
        int processors = Runtime.getRuntime().availableProcessors();
        int threads = has(Trait.CONNECTS) ? clients : Math.min(Math.min(clients, THREADS_MAX), processors);
        List<String> options =
                new ArrayList<>(List.of("--client=" + clients, "--jobs=" + threads, "--protocol=" + mode));
        String text = script;
        options.add(text == null ? "--select-only" : "--file=" + tools.script(name, text));
        if (has(Trait.CONNECTS)) {
            options.add("--connect");
        }
        if (rate > 0) {
            options.add("--rate=" + rate);
        }
        return options;
    }
}
