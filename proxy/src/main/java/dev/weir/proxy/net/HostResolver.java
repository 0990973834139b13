package dev.weir.proxy.net;

import io.netty.channel.EventLoop;
import io.netty.resolver.NameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns names of servers into addresses without blocking. Answers are kept for {@code dns_max_ttl} whatever their own TTL
 * says, failures for {@code dns_nxdomain_ttl}; several addresses of a name are used in turn. Thread-safe.
 */
public final class HostResolver implements AutoCloseable {

    /**
     * A cached answer.
     *
     * @param addresses empty when the name could not be resolved
     * @param untilNanos when to ask again, {@link System#nanoTime()}
     */
    public record Entry(String host, List<InetAddress> addresses, long untilNanos) {}

    private static final Duration LONGEST_TTL = Duration.ofDays(365);

    private final NameResolver<InetAddress> resolver;
    private final LongSupplier clock;
    private final Supplier<Duration> maxTtl;
    private final Supplier<Duration> failureTtl;
    private final Map<String, Entry> cache = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();

    /**
     * Asks DNS servers, after this machine's hosts file.
     *
     * @param conf which ones; null for those of this machine
     */
    public HostResolver(
            EventLoops loops, @Nullable ResolvConf conf, Supplier<Duration> maxTtl, Supplier<Duration> failureTtl) {
        this(asking(loops, conf), maxTtl, failureTtl, System::nanoTime);
    }

    private static NameResolver<InetAddress> asking(EventLoops loops, @Nullable ResolvConf conf) {
        // Caches of its own would go by the records' TTL.
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(
                        loops.workers().getFirst().loop())
                .datagramChannelType(loops.transport().datagram())
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE);
        if (conf != null) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(conf.servers()))
                    .searchDomains(conf.searched())
                    .ndots(conf.dots());
        }
        return builder.build();
    }

    HostResolver(
            NameResolver<InetAddress> resolver,
            Supplier<Duration> maxTtl,
            Supplier<Duration> failureTtl,
            LongSupplier clock) {
        this.resolver = resolver;
        this.clock = clock;
        this.maxTtl = maxTtl;
        this.failureTtl = failureTtl;
    }

    /** Calls back on {@code loop} with an address, or with null if there is none. */
    public void resolve(String host, EventLoop loop, Consumer<@Nullable InetAddress> callback) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) {
            callback.accept(ofBytes(literal));
            return;
        }
        Entry known = cache.get(host);
        if (known != null && known.untilNanos() - clock.getAsLong() > 0) {
            callback.accept(inTurn(known.addresses()));
            return;
        }
        pending.incrementAndGet();
        resolver.resolveAll(host).addListener(answer -> {
            pending.decrementAndGet();
            @SuppressWarnings("unchecked")
            List<InetAddress> addresses =
                    answer.isSuccess() ? List.copyOf((List<InetAddress>) answer.getNow()) : List.of();
            Duration ttl = addresses.isEmpty() ? failureTtl.get() : maxTtl.get();
            cache.put(host, new Entry(host, addresses, clock.getAsLong() + nanos(ttl)));
            loop.execute(() -> callback.accept(inTurn(addresses)));
        });
    }

    private static long nanos(Duration ttl) {
        return (ttl.compareTo(LONGEST_TTL) < 0 ? ttl : LONGEST_TTL).toNanos();
    }

    /**
     * Whether the last answer for a name gave other addresses than this one. A failed look-up proves nothing, nor does one that
     * has not been made.
     */
    public boolean hasLeft(String host, InetAddress address) {
        Entry known = cache.get(host);
        return known != null
                && !known.addresses().isEmpty()
                && !known.addresses().contains(address);
    }

    /** What is cached. */
    public List<Entry> entries() {
        return List.copyOf(cache.values());
    }

    /** Look-ups under way. */
    public int pending() {
        return pending.get();
    }

    private @Nullable InetAddress inTurn(List<InetAddress> addresses) {
        return addresses.isEmpty() ? null : addresses.get(Math.floorMod(turn.getAndIncrement(), addresses.size()));
    }

    private static InetAddress ofBytes(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible); // only for a wrong number of bytes
        }
    }

    @Override
    public void close() {
        resolver.close();
    }
}
