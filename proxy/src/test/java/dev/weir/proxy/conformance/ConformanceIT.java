package dev.weir.proxy.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All checks at PostgreSQL itself, which is right by definition, and through Weir on two servers.
class ConformanceIT {

    /// One id a line: the checks that Weir is known to fail. It may only shrink.
    private static final String KNOWN_GAPS = "/conformance-gaps.txt";

    private static final Map<String, String> SETTINGS = Map.of("max_prepared_transactions", "5");

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void postgresPassesEveryCheck(int version) throws Exception {
        try (LocalPostgres postgres = TestPostgres.start(version, SETTINGS)) {
            Column column = run(postgres.tcp());
            assertThat(reasons(column)).isEmpty();
            assertThat(column.made()).isEqualTo(Conformance.checks().size());
        }
    }

    @Test
    void weirFailsOnlyWhatIsKnown() throws Exception {
        try (LocalPostgres postgres = TestPostgres.start(18, SETTINGS);
                WeirFixture weir =
                        WeirFixture.over(postgres).set("default_pool_size", "2").start()) {
            Map<String, String> failed = reasons(run(weir.tcp()));
            Set<String> known = knownGaps();
            Set<String> fixed = new TreeSet<>(known);
            fixed.removeAll(failed.keySet());
            failed.keySet().removeAll(known);
            assertThat(failed).as("checks that fail and are not listed").isEmpty();
            assertThat(fixed).as("checks that pass and are still listed").isEmpty();
        }
    }

    private static Column run(Endpoint endpoint) throws ConformanceFailed {
        Login login = Accounts.SUPERUSER;
        Target target = new Target("target", endpoint.address(), login.user(), login.password(), login.database());
        return Conformance.run(target, Conformance.checks(), (check, outcome) -> {});
    }

    private static Map<String, String> reasons(Column column) {
        Map<String, String> reasons = new TreeMap<>();
        column.outcomes().forEach((check, outcome) -> {
            if (outcome instanceof Outcome.Failed failed) {
                reasons.put(check.id(), failed.reason());
            }
        });
        return reasons;
    }

    private static Set<String> knownGaps() throws IOException {
        try (InputStream in = Objects.requireNonNull(ConformanceIT.class.getResourceAsStream(KNOWN_GAPS))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
