package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The conversations against PostgreSQL alone: they must say the same each time, or comparing them proves nothing.
class ScenarioTruthIT {

    static Stream<Scenario> scenarios() {
        return Stream.concat(SimpleQueryScenarios.ALL.stream(), ExtendedQueryScenarios.ALL.stream());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void saysTheSameTwiceAndLeavesTheConnectionIdle(Scenario scenario) {
        TestPostgres postgres = TestPostgres.shared();
        try (RawClient client = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            var first = scenario.transcript(client);
            assertThat(scenario.transcript(client)).isEqualTo(first).isNotEmpty();
            assertThat(client.transactionStatus()).isEqualTo('I');
        }
    }
}
