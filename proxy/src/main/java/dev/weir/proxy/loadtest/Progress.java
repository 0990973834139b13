package dev.weir.proxy.loadtest;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;

/** Tells how a load test goes on: on a terminal one line that changes, elsewhere a line now and then. Confined to one thread. */
public final class Progress implements Consumer<Sample> {

    private static final int BAR = 24;
    private static final double SECONDS_BETWEEN_LINES = 5;

    private final PrintWriter out;
    private final boolean terminal;
    private final double seconds;
    private double toldAt;

    /** @param terminal whether a line can be written over */
    public Progress(PrintWriter out, boolean terminal, LoadPlan plan) {
        this.out = out;
        this.terminal = terminal;
        this.seconds = plan.rampUp().plus(plan.duration()).toMillis() / 1000.0;
    }

    @Override
    public void accept(Sample sample) {
        boolean over = sample.second() >= seconds;
        if (terminal) {
            out.print("\r" + line(sample) + (over ? "\n" : ""));
        } else if (over || sample.second() - toldAt >= SECONDS_BETWEEN_LINES) {
            toldAt = sample.second();
            out.println(line(sample));
        }
        out.flush();
    }

    private String line(Sample sample) {
        int full = (int) Math.min(BAR, Math.round(BAR * sample.second() / seconds));
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f/%.0f s  %10s  p95 %8s  max %8s  %5d connections  %d failed ",
                "#".repeat(full),
                "-".repeat(BAR - full),
                Math.floor(sample.second()),
                seconds,
                Figures.rate(sample.perSecond()),
                Figures.millis(sample.query().p95()),
                Figures.millis(sample.query().max()),
                sample.connections(),
                sample.failures());
    }
}
