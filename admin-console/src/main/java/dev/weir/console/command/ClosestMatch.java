package dev.weir.console.command;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Guesses which known word somebody meant.
public final class ClosestMatch {

    /// Longer words are no slips of the finger, and comparing them costs the product of their lengths.
    private static final int COMPARED_MAX = 64;

    private ClosestMatch() {}

    /// The candidate that takes the fewest edits, if those are few for a word of that length.
    public static @Nullable String find(String word, Collection<String> candidates) {
        if (word.length() > COMPARED_MAX) {
            return null;
        }
        String lower = word.toLowerCase(Locale.ROOT);
        String closest = null;
        int fewest = 1 + Math.max(1, word.length() / 3);
        for (String candidate : candidates) {
            int edits = edits(lower, candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest) {
                fewest = edits;
                closest = candidate;
            }
        }
        return closest;
    }

    /// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
    private static int edits(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                table[i][j] = cell(a, b, table, i, j);
            }
        }
        return table[a.length()][b.length()];
    }

    private static int cell(String a, String b, int[][] table, int i, int j) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int replace = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, table[i - 2][j - 2] + 1) : best;
    }
}
