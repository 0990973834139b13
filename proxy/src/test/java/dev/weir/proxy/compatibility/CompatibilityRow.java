package dev.weir.proxy.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// One thing of PgBouncer's: a line of `pgbouncer-1.25.csv`.
///
/// @param kind setting, show, command, auth, hba, signal or flag
/// @param first what the columns between kind and test hold
/// @param test the class that shows what Weir makes of it
record CompatibilityRow(Kind kind, String first, String second, String test) {

    enum Kind {
        SETTING,
        SHOW,
        COMMAND,
        AUTH,
        HBA,
        SIGNAL,
        FLAG
    }

    static List<CompatibilityRow> all() {
        try (InputStream in =
                Objects.requireNonNull(CompatibilityRow.class.getResourceAsStream("/pgbouncer-1.25.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(CompatibilityRow::of)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<CompatibilityRow> of(Kind kind) {
        return all().stream().filter(row -> row.kind() == kind).toList();
    }

    private static CompatibilityRow of(String line) {
        List<String> cells =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        if (cells.size() != 4) {
            throw new IllegalStateException("four cells are needed: " + line);
        }
        return new CompatibilityRow(
                Kind.valueOf(cells.get(0).toUpperCase(Locale.ROOT)), cells.get(1), cells.get(2), cells.get(3));
    }
}
