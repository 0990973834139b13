package dev.weir.proxy.admin;

import dev.weir.console.port.MemorySnapshot;
import dev.weir.proxy.statement.StatementTexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.List;

/// The rows of `SHOW MEM`. Where single objects have no size of their own, sizes and totals are 0: what they hold is in
/// the rows of the heap and of Netty's buffers, whose unit is a byte.
final class MemoryRows {

    private MemoryRows() {}

    static List<MemorySnapshot> read(
            StatementTexts statements, int users, int databases, int pools, int clients, int servers) {
        List<MemorySnapshot> rows = new ArrayList<>();
        rows.add(objects("user_cache", users));
        rows.add(objects("db_cache", databases));
        rows.add(objects("pool_cache", pools));
        rows.add(objects("client_cache", clients));
        rows.add(objects("server_cache", servers));
        rows.add(new MemorySnapshot("server_prepared_statement_cache", 0, statements.size(), 0, statements.bytes()));
        rows.add(new MemorySnapshot("client_prepared_statement_cache", 0, 0, 0, statements.openBytes()));
        rows.add(new MemorySnapshot("unnamed_statement_cache", 0, 0, 0, statements.unnamedBytes()));
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric metric = provider.metric();
            rows.add(bytes("netty_direct", metric.usedDirectMemory(), 0));
            rows.add(bytes("netty_heap", metric.usedHeapMemory(), 0));
        }
        Runtime jvm = Runtime.getRuntime();
        rows.add(bytes("jvm_heap", jvm.totalMemory() - jvm.freeMemory(), jvm.freeMemory()));
        return rows;
    }

    private static MemorySnapshot objects(String name, int count) {
        return new MemorySnapshot(name, 0, count, 0, 0);
    }

    private static MemorySnapshot bytes(String name, long used, long free) {
        return new MemorySnapshot(name, 1, used, free, used + free);
    }
}
