package dev.weir.proxy.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides over how many event loops the clients are spread. Fewer loops do the same work with fewer system calls, for each
 * wake-up finds more to do; so a loop is filled before the next one is used, and given up when the others could well do its
 * work.
 *
 * <p>Looks are to be made at equal intervals, by one thread.
 */
public final class LoopPlan {

    /** A share of the busy clients of one loop that is to go to another. */
    public record Transfer(int from, int to, double share) {}

    /** Above this share of a core, on average, a further loop is opened. */
    private static final double FULL = 0.75;
    /** Up to this share the others may be filled by what a loop that is closed leaves to them. */
    private static final double ROOMY = 0.45;
    /** How far apart two loops may be. */
    private static final double UNEVEN = 0.3;
    /** Below this the busiest loop has no reason to complain. */
    private static final double RELAXED = 0.5;

    private final int loops;
    private final int looksToOpen;
    private final int looksToClose;
    private int open = 1;
    private int full;
    private int roomy;
    private int uneven;

    /**
     * @param loops how many there are
     * @param looksToOpen how many looks in a row must find the loops full, or unevenly busy
     * @param looksToClose how many must find room
     */
    public LoopPlan(int loops, int looksToOpen, int looksToClose) {
        this.loops = loops;
        this.looksToOpen = looksToOpen;
        this.looksToClose = looksToClose;
    }

    /** How many loops take clients: those with the lowest indexes. */
    public int open() {
        return open;
    }

    /**
     * Decides anew.
     *
     * @param busy how much of a core each loop has used since the last look
     * @return who is to go elsewhere among the open loops; from the closed ones all are to go anyway
     */
    public List<Transfer> look(double[] busy) {
        double total = Arrays.stream(busy).sum();
        full = total / open > FULL ? full + 1 : 0;
        roomy = open > 1 && total / (open - 1) < ROOMY ? roomy + 1 : 0;
        uneven = isUneven(busy) ? uneven + 1 : 0;
        if (full >= looksToOpen && open < loops) {
            open++;
            return level(busy);
        }
        if (roomy >= looksToClose) {
            open--;
            roomy = 0;
            return List.of();
        }
        return uneven >= looksToOpen ? level(busy) : List.of();
    }

    private boolean isUneven(double[] busy) {
        double most = Arrays.stream(busy, 0, open).max().orElse(0);
        double least = Arrays.stream(busy, 0, open).min().orElse(0);
        return most > RELAXED && most - least > UNEVEN;
    }

    private List<Transfer> level(double[] busy) {
        full = 0;
        uneven = 0;
        double average = Arrays.stream(busy, 0, open).sum() / open;
        double[] room = new double[open];
        for (int i = 0; i < open; i++) {
            room[i] = Math.max(0, average - busy[i]);
        }
        List<Transfer> transfers = new ArrayList<>();
        for (int from = 0; from < open; from++) {
            double surplus = busy[from] - average;
            for (int to = 0; to < open && surplus > 0; to++) {
                double moved = Math.min(surplus, room[to]);
                if (moved > 0) {
                    transfers.add(new Transfer(from, to, moved / busy[from]));
                    surplus -= moved;
                    room[to] -= moved;
                }
            }
        }
        return transfers;
    }
}
