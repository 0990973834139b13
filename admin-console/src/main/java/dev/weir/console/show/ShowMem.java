package dev.weir.console.show;

import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW MEM`.
final class ShowMem implements Topic {

    private static final TableShape<MemorySnapshot> SHAPE = TableShape.<MemorySnapshot>empty()
            .text("name", "what the memory is for", MemorySnapshot::name)
            .int4("size", "bytes of one object; 0 when sizes differ", MemorySnapshot::unitBytes)
            .int4("used", "objects in use", MemorySnapshot::used)
            .int4("free", "objects kept for reuse", MemorySnapshot::free)
            .int4("memtotal", "bytes in all", MemorySnapshot::totalBytes);

    @Override
    public String name() {
        return "MEM";
    }

    @Override
    public String meaning() {
        return "Memory by purpose.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().memory().thenApply(SHAPE::table);
    }
}
