package dev.weir.proxy.loadtest;

import java.util.Locale;

/** Figures as people read them. */
final class Figures {

    private Figures() {}

    /** Three digits are enough of a latency. */
    static String millis(double millis) {
        if (millis >= 1000) {
            return String.format(Locale.ROOT, "%.2f s", millis / 1000);
        }
        return String.format(Locale.ROOT, millis >= 100 ? "%.0f ms" : millis >= 10 ? "%.1f ms" : "%.2f ms", millis);
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond >= 100 ? "%,.0f/s" : "%.1f/s", perSecond);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Never rounded up to 100. */
    static String percent(double percent) {
        return String.format(Locale.ROOT, "%.2f %%", Math.floor(percent * 100) / 100);
    }

    static String ratio(double one, double other) {
        return other == 0 ? "-" : String.format(Locale.ROOT, "%.2f", one / other);
    }
}
