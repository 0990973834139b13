package dev.weir.console.show;

import dev.weir.config.PoolMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What several topics do with their rows.
final class Rows {

    private Rows() {}

    static <T> List<T> sorted(Collection<? extends T> rows, Comparator<T> order) {
        List<T> sorted = new ArrayList<>(rows);
        sorted.sort(order);
        return sorted;
    }

    static <T> List<T> with(Collection<? extends T> rows, T another) {
        List<T> all = new ArrayList<>(rows);
        all.add(another);
        return all;
    }

    static @Nullable String mode(@Nullable PoolMode mode) {
        return mode == null ? null : lower(mode);
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String yesNo(boolean value) {
        return value ? "yes" : "no";
    }

    static long seconds(long nanos) {
        return nanos / 1_000_000_000;
    }

    static long microsOfSecond(long nanos) {
        return nanos / 1000 % 1_000_000;
    }
}
