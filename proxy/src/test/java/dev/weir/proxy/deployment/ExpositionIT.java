package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The metrics of the dashboard and the rules are there when a Weir that has served somebody is asked.
@ExtendWith(LeakGuard.class)
final class ExpositionIT {

    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE ([a-z_]+) ([a-z]+)$");

    /// Told only while there is one, or after there was one.
    private static final Set<String> SOMETIMES =
            Set.of("up", "weir_alert_active", "weir_pins_total", "weir_client_login_failures_total");

    @Test
    void metricsOfTheFilesAreTold() {
        Set<String> told = new TreeSet<>(SOMETIMES);
        try (WeirFixture weir =
                        WebPages.in(WeirFixture.over(TestPostgres.shared())).start();
                WebPages pages = WebPages.of(weir);
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            TYPE.matcher(pages.get("/metrics")).results().forEach(type -> {
                told.add(type.group(1));
                if (type.group(2).equals("histogram")) {
                    Stream.of("_bucket", "_sum", "_count").forEach(part -> told.add(type.group(1) + part));
                }
            });
        }
        Set<String> used = new TreeSet<>();
        Stream.concat(
                        MonitoringTest.rules().stream().map(rule -> rule.at("expr")),
                        MonitoringTest.dashboard().all("expr"))
                .forEach(expression ->
                        used.addAll(PromQl.of(expression.text()).metrics().keySet()));
        assertThat(told).containsAll(used);
    }
}
