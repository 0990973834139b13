package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {

    private static final long MEGABYTE = 1 << 20;

    @Test
    void runsShortWhenATenthIsLeft() {
        AtomicLong used = new AtomicLong();
        MemoryBudget budget = new MemoryBudget(List.of(
                new MemoryBudget.Share("heap", () -> 1, 100),
                new MemoryBudget.Share("attic", used::get, 100 * MEGABYTE)));

        used.set(90 * MEGABYTE - 1);
        assertThat(budget.shortage()).isNull();
        used.set(90 * MEGABYTE);
        assertThat(budget.shortage()).isEqualTo("90 of 100 MB of the pooler's attic are in use.");
        used.set(50 * MEGABYTE);
        assertThat(budget.shortage()).isNull();
    }

    @Test
    void thisProcessHasBothKindsAndEnoughOfThem() {
        assertThat(MemoryBudget.ofThisProcess().shortage()).isNull();
    }
}
