package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class UsageTest {

    @Test
    void readsTheTimesBehindANameWithBlanksAndParentheses() {
        Usage usage =
                Usage.ofStat("4242 (a) b (c) R 1 4242 4242 0 -1 4194304 120 0 0 0 731 269 5 6 20 0 3 0 100 0 0\n");
        assertThat(usage).isEqualTo(new Usage(731, 269, 0));
    }

    @Test
    void addsBothKindsOfContextSwitches() {
        assertThat(Usage.switches(List.of(
                        "Name:\tvoluntary_ctxt_switches: 9",
                        "voluntary_ctxt_switches:\t150",
                        "nonvoluntary_ctxt_switches:\t545")))
                .isEqualTo(695);
    }

    @Test
    void readsTheProportionalSetSize() {
        assertThat(Usage.pss(List.of(
                        "00400000-7fff0000 ---p 00000000 00:00 0    [rollup]",
                        "Rss:              204800 kB",
                        "Pss:              131584 kB",
                        "Pss_Dirty:         99999 kB")))
                .isEqualTo(128.5);
        assertThatThrownBy(() -> Usage.pss(List.of("Rss: 1 kB"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dividesWhatWasUsedByWhatWasDone() {
        Map<Metric, Double> measured = new EnumMap<>(Metric.class);
        new Usage(150, 350, 3000).putSince(new Usage(50, 50, 1000), 200_000, measured);
        assertThat(measured.get(Metric.CPU_USER)).isEqualTo(5, within(1e-9));
        assertThat(measured.get(Metric.CPU_SYSTEM)).isEqualTo(15, within(1e-9));
        assertThat(measured.get(Metric.CPU)).isEqualTo(20, within(1e-9));
        assertThat(measured.get(Metric.SWITCHES)).isEqualTo(0.01, within(1e-9));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsThisProcess() throws Exception {
        long pid = ProcessHandle.current().pid();
        Usage usage = Usage.of(pid);
        assertThat(usage.userTicks() + usage.systemTicks()).isPositive();
        assertThat(usage.switches()).isPositive();
        assertThat(Usage.pss(pid)).isBetween(10.0, 100_000.0);
    }

    @Test
    void readsTheHardLimitOfDescriptors() throws Exception {
        assertThat(Descriptors.limit(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max open files            1024                 20000                files     ")))
                .isEqualTo(20_000);
        assertThat(Descriptors.limit(List.of("Max open files            1024                 unlimited   files ")))
                .isEqualTo(Long.MAX_VALUE);
        Descriptors.require(1);
        assertThatThrownBy(() -> Descriptors.require(Integer.MAX_VALUE))
                .isInstanceOf(BenchFailed.class)
                .hasMessageContaining("2,147,483,647 descriptors are needed");
    }
}
