package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Delivery;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client hears through the pooler is what PostgreSQL would have told it, byte by byte.
@ExtendWith(LeakGuard.class)
class WireIT {
    private static final List<String> MODES = List.of("session", "transaction", "statement");
    private static final Map<String, WeirFixture> POOLERS = new HashMap<>();

    @BeforeAll
    static void start() {
        for (String mode : MODES) {
            POOLERS.put(
                    mode,
                    WeirFixture.over(TestPostgres.shared())
                            .set("pool_mode", mode)
                            .set("default_pool_size", "1")
                            .set("server_reset_query_always", "0")
                            .start());
        }
    }

    @AfterAll
    static void stop() {
        POOLERS.values().forEach(WeirFixture::close);
        POOLERS.clear();
    }

    static Stream<Scenario> scenarios() {
        return Stream.concat(SimpleQueryScenarios.ALL.stream(), ExtendedQueryScenarios.ALL.stream());
    }

    static Stream<Arguments> scenariosByMode() {
        return MODES.stream()
                .flatMap(mode -> scenarios()
                        .filter(scenario -> !(mode.equals("statement") && scenario.inTransaction()))
                        .map(scenario -> Arguments.of(mode, scenario)));
    }

    static Stream<Scenario> shortScenarios() {
        return scenarios().filter(scenario -> !scenario.bulky());
    }

    private static WeirFixture transactionPooler() {
        return POOLERS.get("transaction");
    }

    @ParameterizedTest
    @MethodSource("scenariosByMode")
    void saysWhatPostgresSays(String mode, Scenario scenario) {
        List<Message> direct = scenario.transcript(TestPostgres.shared().tcp(), Accounts.APP);
        try (RawClient client = POOLERS.get(mode).connect(Accounts.APP)) {
            assertThat(scenario.transcript(client)).isEqualTo(direct);
            assertThat(scenario.transcript(client)).as("again").isEqualTo(direct);
        }
    }

    @ParameterizedTest
    @MethodSource("shortScenarios")
    void saysWhatPostgresSaysOverTheUnixSocket(Scenario scenario) {
        List<Message> direct = scenario.transcript(TestPostgres.shared().tcp(), Accounts.APP);
        assertThat(scenario.transcript(transactionPooler().unix(), Accounts.APP))
                .isEqualTo(direct);
    }

    @ParameterizedTest
    @MethodSource("shortScenarios")
    void doesNotCareWhereTheClientsBytesAreCut(Scenario scenario) {
        List<Message> direct = scenario.transcript(TestPostgres.shared().tcp(), Accounts.APP);
        try (RawClient client = transactionPooler().connect(Accounts.APP)) {
            long bytes = Long.MAX_VALUE;
            for (long cut = 1; cut < bytes; cut++) {
                client.delivery(Delivery.splitAt(cut));
                assertThat(scenario.transcript(client))
                        .as("cut behind byte %d", cut)
                        .isEqualTo(direct);
                bytes = client.sentBytes();
            }
        }
    }

    @Test
    void doesNotCareHowSmallThePiecesAreOnBothSides() {
        try (LinkFaults link = LinkFaults.to(TestPostgres.shared().port());
                WeirFixture weir = WeirFixture.overPort(link.port())
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            link.chop(1);
            client.delivery(Delivery.byteByByte());
            shortScenarios().forEach(scenario -> {
                List<Message> direct = scenario.transcript(TestPostgres.shared().tcp(), Accounts.APP);
                assertThat(scenario.transcript(client)).as(scenario.name()).isEqualTo(direct);
            });
        }
    }

    @Test
    void doesNotCareForPiecesOfAnySize() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (LinkFaults link = LinkFaults.to(TestPostgres.shared().port());
                WeirFixture weir = WeirFixture.overPort(link.port())
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            scenarios().forEach(scenario -> {
                link.chop(1 + random.nextInt(3000));
                client.delivery(Delivery.random(random, scenario.bulky() ? 60_000 : 40));
                List<Message> direct = scenario.transcript(TestPostgres.shared().tcp(), Accounts.APP);
                assertThat(scenario.transcript(client))
                        .as("%s, seed %d", scenario.name(), seed)
                        .isEqualTo(direct);
            });
        }
    }

    @Test
    void saysWhatPostgres15Says() {
        TestPostgres old = TestPostgres.shared(15);
        try (WeirFixture weir = WeirFixture.over(old).start();
                RawClient client = weir.connect(Accounts.APP)) {
            scenarios()
                    .forEach(scenario -> assertThat(scenario.transcript(client))
                            .as(scenario.name())
                            .isEqualTo(scenario.transcript(old.tcp(), Accounts.APP)));
        }
    }

    @Test
    void aServerOfPostgresOverItsUnixSocketSaysTheSame() {
        LocalPostgres postgres = TestPostgres.local();
        try (WeirFixture weir = WeirFixture.over(postgres)
                        .database(Accounts.DATABASE, "host=" + postgres.socketDirectory() + " port=" + postgres.port())
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT inet_server_addr() IS NULL")).isEqualTo("t");
            scenarios()
                    .forEach(scenario -> assertThat(scenario.transcript(client))
                            .as(scenario.name())
                            .isEqualTo(scenario.transcript(postgres.tcp(), Accounts.APP)));
        }
    }
}
