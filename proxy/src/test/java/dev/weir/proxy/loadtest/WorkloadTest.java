package dev.weir.proxy.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkloadTest {

    @TempDir
    private Path directory;

    @Test
    void theStatementsOfAFileAreOneRequest() throws IOException {
        Path file = Files.writeString(directory.resolve("orders.sql"), """
            -- what a checkout asks; with a semicolon in a comment
            BEGIN;
            SELECT 'a;b', $$;$$ ;;
            /* ; */ COMMIT
            """);

        Workload workload = Workload.of(file);

        assertThat(workload.name()).isEqualTo("orders.sql");
        Workload.Choice request = workload.next(new SplittableRandom(1));
        assertThat(request.transaction()).isFalse();
        assertThat(request.statements()).hasSize(3);
        assertThat(request.statements().get(0)).endsWith("BEGIN");
        assertThat(request.statements().get(1)).isEqualTo("SELECT 'a;b', $$;$$");
        assertThat(request.statements().get(2)).endsWith("COMMIT");
    }

    @Test
    void aFileWithoutACompleteStatementIsRefused() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.sql"), "-- nothing\n;");
        Path cutOff = Files.writeString(directory.resolve("cut.sql"), "SELECT 'cut off");

        assertThatIllegalArgumentException().isThrownBy(() -> Workload.of(empty));
        assertThatIllegalArgumentException().isThrownBy(() -> Workload.of(cutOff));
    }

    @Test
    void requestsComeInTheirShares() {
        SplittableRandom random = new SplittableRandom(7);
        Workload mixed = Workload.mixed();
        Map<Integer, Integer> counts = new HashMap<>();

        for (int i = 0; i < 10_000; i++) {
            counts.merge(mixed.next(random).share(), 1, Integer::sum);
        }

        assertThat(counts.keySet()).containsExactlyInAnyOrder(7, 2, 1);
        assertThat(counts.get(7)).isBetween(6_700, 7_300);
        assertThat(counts.get(1)).isBetween(850, 1_150);
    }
}
