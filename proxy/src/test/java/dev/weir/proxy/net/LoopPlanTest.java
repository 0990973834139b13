package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.net.LoopPlan.Transfer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When loops are opened and closed, and who is told to go where.
final class LoopPlanTest {

    private final LoopPlan plan = new LoopPlan(3, 2, 4);

    @Test
    void beginsWithOneLoop() {
        assertThat(plan.open()).isEqualTo(1);
        assertThat(plan.look(new double[] {0.7, 0, 0})).isEmpty();
        assertThat(plan.look(new double[] {0.7, 0, 0})).isEmpty();
        assertThat(plan.open()).isEqualTo(1);
    }

    @Test
    void opensTheNextWhenALoopStaysFullAndSendsHalfOfItsClientsThere() {
        assertThat(plan.look(new double[] {0.9, 0, 0})).isEmpty();
        assertThat(plan.look(new double[] {0.9, 0, 0})).containsExactly(new Transfer(0, 1, 0.5));
        assertThat(plan.open()).isEqualTo(2);
    }

    @Test
    void aSingleBurstOpensNothing() {
        plan.look(new double[] {0.9, 0, 0});
        plan.look(new double[] {0.3, 0, 0});
        assertThat(plan.look(new double[] {0.9, 0, 0})).isEmpty();
        assertThat(plan.open()).isEqualTo(1);
    }

    @Test
    void opensNoMoreThanThereAre() {
        for (int i = 0; i < 20; i++) {
            plan.look(new double[] {1, 1, 1});
        }
        assertThat(plan.open()).isEqualTo(3);
    }

    @Test
    void takesFromEachWhatIsAboveTheAverage() {
        open(2);
        plan.look(new double[] {0.9, 0.7, 0});
        List<Transfer> transfers = plan.look(new double[] {0.9, 0.75, 0});

        assertThat(plan.open()).isEqualTo(3);
        assertThat(transfers).hasSize(2).allMatch(transfer -> transfer.to() == 2);
        assertThat(transfers.stream()
                        .mapToDouble(transfer -> transfer.share() * (transfer.from() == 0 ? 0.9 : 0.75))
                        .sum())
                .isCloseTo(0.55, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void closesTheLastWhenTheOthersHaveHadRoomForLong() {
        open(2);
        for (int i = 0; i < 3; i++) {
            plan.look(new double[] {0.2, 0.2, 0});
        }
        assertThat(plan.open()).isEqualTo(2);
        assertThat(plan.look(new double[] {0.2, 0.2, 0})).isEmpty();
        assertThat(plan.open()).isEqualTo(1);
    }

    @Test
    void whatOneLoopJustNotFillsDoesNotMakeItOpenAndCloseInTurn() {
        open(2);
        for (int i = 0; i < 50; i++) {
            plan.look(new double[] {0.4, 0.36, 0}); // what filled one, shared by two
        }
        assertThat(plan.open()).isEqualTo(2);
    }

    @Test
    void evensOutWhatIsUnevenForLong() {
        open(2);
        assertThat(plan.look(new double[] {0.7, 0.1, 0})).isEmpty();
        List<Transfer> transfers = plan.look(new double[] {0.7, 0.1, 0});
        assertThat(transfers).singleElement().satisfies(transfer -> {
            assertThat(transfer.from()).isZero();
            assertThat(transfer.to()).isEqualTo(1);
            assertThat(transfer.share() * 0.7).isCloseTo(0.3, org.assertj.core.api.Assertions.within(1e-9));
        });
    }

    private void open(int loops) {
        while (plan.open() < loops) {
            plan.look(new double[] {0.9, plan.open() > 1 ? 0.9 : 0, 0});
        }
    }
}
