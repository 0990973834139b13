package dev.weir.config.read;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Guesses which known name a mistyped one was meant to be.
public final class Nearest {
    private static final int LENGTH_MAX = 64;

    private Nearest() {}

    /// The known name with the fewest edits from `name`, or null if all of them are too far away.
    public static @Nullable String find(String name, Collection<String> known) {
        if (name.length() > LENGTH_MAX) {
            return null;
        }
        String nearest = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int edits = edits(name, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// The Levenshtein distance, by the usual table of which two rows are kept.
    private static int edits(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
