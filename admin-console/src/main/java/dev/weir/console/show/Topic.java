package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// One thing that `SHOW` can show. Immutable, used from any thread.
public interface Topic {

    /// The word behind `SHOW`, in capitals.
    String name();

    /// One line for the reference page.
    String meaning();

    /// Whether only admins may see it.
    default boolean adminOnly() {
        return false;
    }

    /// The columns, known without asking the pooler.
    List<Column> columns();

    /// The descriptors that go along with the first rows, one with each.
    ///
    /// @param table what [#read] gave
    default List<Integer> descriptors(Table table) {
        return List.of();
    }

    /// The rows as of now.
    CompletionStage<Table> read(ShowSource source);
}
