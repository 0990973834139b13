package dev.weir.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SessionSettingsTest {

    @Test
    void behavesAsAMapThatNeverChanges() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        SessionSettings settings = SessionSettings.NONE;
        Map<String, String> model = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            String as = "-Dfuzz.seed=" + seed + ", step " + step;
            String name = "n" + random.nextInt(8);
            SessionSettings before = settings;
            Map<String, String> modelBefore = new TreeMap<>(model);
            if (random.nextBoolean()) {
                String value = "v" + random.nextInt(3);
                settings = settings.with(name, value);
                model.put(name, value);
            } else {
                settings = settings.without(name);
                model.remove(name);
            }
            assertThat(asMap(settings)).as(as).isEqualTo(model);
            assertThat(asMap(before)).as(as).isEqualTo(modelBefore);
            assertThat(settings.find(name)).as(as).isEqualTo(model.get(name));
            assertThat(settings.isEmpty()).as(as).isEqualTo(model.isEmpty());
            assertThat(settings)
                    .as(as)
                    .isEqualTo(SessionSettings.of(model))
                    .hasSameHashCodeAs(SessionSettings.of(model));
            assertThat(settings.equals(before)).as(as).isEqualTo(model.equals(modelBefore));
        }
    }

    @Test
    void orderOfSettingDoesNotMatter() {
        Map<String, String> backwards = new LinkedHashMap<>();
        backwards.put("work_mem", "1MB");
        backwards.put("datestyle", "German");

        assertThat(SessionSettings.of(backwards))
                .isEqualTo(SessionSettings.NONE.with("datestyle", "German").with("work_mem", "1MB"));
        assertThat(SessionSettings.of(backwards).names()).containsExactly("datestyle", "work_mem");
    }

    @Test
    void whatChangesNothingIsTheSameObject() {
        SessionSettings settings = SessionSettings.NONE.with("a", "1");

        assertThat(settings.with("a", "1")).isSameAs(settings);
        assertThat(settings.without("b")).isSameAs(settings);
        assertThat(settings.without("a")).isSameAs(SessionSettings.NONE);
    }

    @Test
    void saysNoValues() {
        assertThat(SessionSettings.NONE.with("app.token", "secret")).hasToString("[app.token]");
    }

    private static Map<String, String> asMap(SessionSettings settings) {
        Map<String, String> map = new LinkedHashMap<>();
        settings.forEach(map::put);
        assertThat(map).containsOnlyKeys(settings.names());
        return map;
    }
}
