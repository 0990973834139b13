package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.state.SessionSettings;
import org.junit.jupiter.api.Test;

final class ProvenSettingsTest {

    private final ProvenSettings proven = new ProvenSettings();

    @Test
    void remembersWhatAServerAccepted() {
        SessionSettings settings = SessionSettings.NONE.with("work_mem", "1MB");
        assertThat(proven.contains(settings)).isFalse();

        proven.add(settings);

        assertThat(proven.contains(settings)).isTrue();
        assertThat(proven.contains(settings.with("work_mem", "1 MB"))).isFalse();
        assertThat(proven.contains(settings.with("jit", "off"))).isFalse();
    }

    @Test
    void aNameOfTheApplicationIsAlwaysRight() {
        SessionSettings named = SessionSettings.NONE.with("application_name", "psql");
        assertThat(proven.contains(named)).isTrue();
        assertThat(proven.contains(SessionSettings.NONE)).isTrue();

        proven.add(named.with("jit", "off"));

        assertThat(proven.contains(SessionSettings.NONE.with("jit", "off").with("application_name", "other")))
                .isTrue();
    }

    @Test
    void doesNotGrowWithoutBound() {
        int kept = 0;
        for (int i = 0; i < 100_000; i++) {
            proven.add(SessionSettings.NONE.with("work_mem", i + "kB"));
        }
        for (int i = 0; i < 100_000; i++) {
            kept += proven.contains(SessionSettings.NONE.with("work_mem", i + "kB")) ? 1 : 0;
        }
        assertThat(kept).isBetween(1, 1024);
    }
}
