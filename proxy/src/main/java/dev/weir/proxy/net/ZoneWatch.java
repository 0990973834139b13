package dev.weir.proxy.net;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the serial numbers of DNS zones, and looks the names in a zone up anew when its number has changed, so that servers
 * whose address has left are noticed although no connection has to be opened. Confined to one event loop.
 */
public final class ZoneWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(ZoneWatch.class);

    private static final long TICK_MILLIS = 200;

    private final HostResolver resolver;
    private final Supplier<Duration> period;
    private final EventLoop loop;
    private final Map<String, HostResolver.Zone> zones = new TreeMap<>();
    private long checkedNanos = System.nanoTime() - TimeUnit.DAYS.toNanos(1);

    private ZoneWatch(HostResolver resolver, Supplier<Duration> period, EventLoop loop) {
        this.resolver = resolver;
        this.period = period;
        this.loop = loop;
    }

    /**
     * Begins; ends with the loop.
     *
     * @param period {@code dns_zone_check_period}; zero for never
     */
    public static void start(HostResolver resolver, Supplier<Duration> period, EventLoop loop) {
        ZoneWatch watch = new ZoneWatch(resolver, period, loop);
        loop.scheduleWithFixedDelay(watch::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        Duration now = period.get();
        if (now.isZero()) {
            zones.clear();
            publish();
        } else if (System.nanoTime() - checkedNanos >= now.toNanos()) {
            checkedNanos = System.nanoTime();
            check();
        }
    }

    private void check() {
        Map<String, List<String>> names = new HashMap<>();
        for (HostResolver.Entry entry : resolver.entries()) {
            int dot = entry.host().indexOf('.');
            if (dot > 0) {
                names.computeIfAbsent(entry.host().substring(dot + 1), key -> new ArrayList<>())
                        .add(entry.host());
            }
        }
        zones.values().removeIf(zone -> names.keySet().stream().noneMatch(name -> isWithin(name, zone.name())));
        names.forEach((name, hosts) -> ask(name, hosts));
        publish();
    }

    private static boolean isWithin(String name, String zone) {
        return name.equals(zone) || name.endsWith("." + zone);
    }

    /** Where a name has no number of its own it lies within a zone further up. */
    private void ask(String name, List<String> hosts) {
        resolver.serial(name, loop, serial -> {
            int dot = name.indexOf('.');
            if (serial != null) {
                onSerial(name, serial, hosts);
            } else if (dot > 0) {
                ask(name.substring(dot + 1), hosts);
            }
        });
    }

    private void onSerial(String name, long serial, List<String> hosts) {
        HostResolver.Zone before = zones.put(name, new HostResolver.Zone(name, serial, hosts.size()));
        publish();
        if (before != null && before.serial() != serial) {
            LOGGER.info("zone {} has changed: serial {}", name, serial);
            hosts.forEach(resolver::refresh);
        }
    }

    private void publish() {
        resolver.tellZones(List.copyOf(zones.values()));
    }
}
