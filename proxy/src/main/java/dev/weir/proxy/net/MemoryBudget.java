package dev.weir.proxy.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How much of the memory that the JVM grants is in use, so that nobody new is let in when it runs short: those who are
/// served already need the rest. Thread-safe; asking is cheap enough for each login.
public final class MemoryBudget {

    private static final int ENOUGH_PERCENT = 90;

    private final List<Share> shares;

    /// One kind of memory.
    ///
    /// @param name for the error's DETAIL
    /// @param used bytes in use
    /// @param most bytes that there are
    public record Share(String name, LongSupplier used, long most) {

        private @Nullable String shortage() {
            long now = used.getAsLong();
            if (now < most / 100.0 * ENOUGH_PERCENT) {
                return null;
            }
            return (now >> 20) + " of " + (most >> 20) + " MB of the pooler's " + name + " are in use.";
        }
    }

    public MemoryBudget(List<Share> shares) {
        this.shares = List.copyOf(shares);
    }

    /// The memory of this JVM: network buffers outside of the heap, and what the last collection has left in the heap.
    public static MemoryBudget ofThisProcess() {
        List<Share> shares = new ArrayList<>();
        long direct = PlatformDependent.maxDirectMemory();
        if (direct > 0) {
            shares.add(new Share("memory for network buffers", MemoryBudget::usedDirect, direct));
        }
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage left = pool.getCollectionUsage();
            // Garbage is no shortage; only the old generation knows how much of it was none.
            if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported() && left != null) {
                long most = pool.getUsage().getMax();
                if (most > 0) {
                    shares.add(new Share("heap", () -> pool.getCollectionUsage().getUsed(), most));
                }
            }
        }
        return new MemoryBudget(shares);
    }

    private static long usedDirect() {
        long pooled = ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
        return Math.max(pooled, PlatformDependent.usedDirectMemory());
    }

    /// What runs short, as a sentence; null when there is enough.
    public @Nullable String shortage() {
        for (Share share : shares) {
            String shortage = share.shortage();
            if (shortage != null) {
                return shortage;
            }
        }
        return null;
    }
}
