package dev.weir.proxy.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads tables, such as those of the console, by the names of their columns.
public final class Shown {
    private Shown() {}

    /// The rows of a query as maps from column name to text; NULL is left out.
    public static List<Map<String, String>> rows(RawClient client, String query) {
        List<String> names = List.of();
        List<Map<String, String>> rows = new ArrayList<>();
        for (Message message : client.query(query)) {
            switch (message.type()) {
                case 'E' -> throw new AssertionError(query + ": " + message);
                case 'T' -> names = columnNames(message);
                case 'D' -> rows.add(row(names, message.columns()));
                default -> {}
            }
        }
        return rows;
    }

    /// The column names of a RowDescription.
    public static List<String> columnNames(Message rowDescription) {
        ByteBuffer body = ByteBuffer.wrap(rowDescription.body());
        int count = body.getShort();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(Message.cString(body));
            body.position(body.position() + 18);
        }
        return names;
    }

    private static Map<String, String> row(List<String> names, List<@Nullable String> values) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(i);
            if (value != null) {
                row.put(names.get(i), value);
            }
        }
        return row;
    }
}
