package dev.weir.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.NameResolver;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
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

    /**
     * A zone whose serial number is watched.
     *
     * @param hosts how many names in it are known
     */
    public record Zone(String name, long serial, int hosts) {}

    /** What ends the data of a SOA record: serial, refresh, retry, expire and minimum, 32 bits each. */
    private static final int SOA_NUMBERS = 5 * Integer.BYTES;

    private static final Duration LONGEST_TTL = Duration.ofDays(365);

    private final NameResolver<InetAddress> resolver;
    private final LongSupplier clock;
    private final Supplier<Duration> maxTtl;
    private final Supplier<Duration> failureTtl;
    private final Map<String, Entry> cache = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private volatile List<Zone> zones = List.of();

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
        ask(host, addresses -> loop.execute(() -> callback.accept(inTurn(addresses))));
    }

    private void ask(String host, Consumer<List<InetAddress>> known) {
        pending.incrementAndGet();
        resolver.resolveAll(host).addListener(answer -> {
            pending.decrementAndGet();
            @SuppressWarnings("unchecked")
            List<InetAddress> addresses =
                    answer.isSuccess() ? List.copyOf((List<InetAddress>) answer.getNow()) : List.of();
            Duration ttl = addresses.isEmpty() ? failureTtl.get() : maxTtl.get();
            cache.put(host, new Entry(host, addresses, clock.getAsLong() + nanos(ttl)));
            known.accept(addresses);
        });
    }

    /** Looks a name up anew, for the sake of those who are connected to what it led to. */
    void refresh(String host) {
        ask(host, addresses -> {});
    }

    /** Calls back on {@code loop} with the serial number of a zone (SOA), or with null where there is none. */
    void serial(String zone, EventLoop loop, Consumer<@Nullable Long> callback) {
        if (!(resolver instanceof DnsNameResolver dns)) {
            callback.accept(null);
            return;
        }
        dns.resolveAll(new DefaultDnsQuestion(zone + ".", DnsRecordType.SOA)).addListener(answer -> {
            @SuppressWarnings("unchecked")
            List<DnsRecord> records = answer.isSuccess() ? (List<DnsRecord>) answer.getNow() : List.of();
            Long serial = null;
            for (DnsRecord record : records) {
                if (record instanceof DnsRawRecord raw
                        && raw.type().equals(DnsRecordType.SOA)
                        && raw.content().readableBytes() > SOA_NUMBERS) {
                    ByteBuf content = raw.content();
                    serial = content.getUnsignedInt(content.writerIndex() - SOA_NUMBERS);
                }
                ReferenceCountUtil.release(record);
            }
            Long found = serial;
            loop.execute(() -> callback.accept(found));
        });
    }

    /** The zones that are being watched. */
    public List<Zone> zones() {
        return zones;
    }

    void tellZones(List<Zone> watched) {
        zones = watched;
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
