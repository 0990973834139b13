package dev.weir.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch sets is what PostgreSQL then shows. */
final class SettingsBatchIT {

    private static final List<String> PIECES =
            List.of("'", "''", "\\", "\\'", "\"", ";", "--", "/*", "$$", "E'", "\n", " ", "é", "€", "%", "a", "B", ",");
    private static final List<String> NAMES =
            List.of("application_name", "weir.one", "weir.two", "a_b.c_d", "search_path", "timezone");

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void movesASessionFromAnySettingsToAnyOthers(String standardConformingStrings) {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        try (RawClient client = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP)) {
            Map<String, String> defaults = new TreeMap<>();
            NAMES.forEach(name -> defaults.put(name, show(client, name)));
            SessionSettings applied = SessionSettings.NONE;
            for (int round = 0; round < 150; round++) {
                boolean unknown = random.nextInt(10) == 0;
                SessionSettings wanted =
                        settings(random).with("standard_conforming_strings", standardConformingStrings);
                String batch = SettingsBatch.between(unknown ? null : applied, wanted);
                if (batch != null) {
                    client.run(batch);
                }
                for (String name : NAMES) {
                    String expected = Objects.requireNonNullElse(wanted.find(name), defaults.get(name));
                    assertThat(show(client, name))
                            .as("-Dfuzz.seed=%d, %s by %s", seed, name, batch)
                            .isEqualTo(expected);
                }
                applied = wanted;
            }
        }
    }

    private static String show(RawClient client, String name) {
        return client.value("SELECT coalesce(current_setting('" + name + "', true), '')");
    }

    private static SessionSettings settings(Random random) {
        SessionSettings settings = SessionSettings.NONE;
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                settings = settings.with(
                        name,
                        switch (name) {
                            case "timezone" -> random.nextBoolean() ? "UTC" : "Europe/Berlin";
                            case "search_path" ->
                                random.nextBoolean() ? "\"$user\", public" : "pg_catalog, \"a b\", \"c'd\"";
                            // PostgreSQL itself replaces what is not printable ASCII in this one
                            case "application_name" -> text(random).replaceAll("[^ -~]", "x");
                            default -> text(random);
                        });
            }
        }
        return settings;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
