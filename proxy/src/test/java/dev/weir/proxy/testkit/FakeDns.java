package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A DNS server on the loopback interface that knows what a test tells it: IPv4 addresses and other names of names.
/// Every
/// record has a TTL of a day.
public final class FakeDns implements AutoCloseable {
    private static final int TTL_SECONDS = 86_400;
    private static final short TYPE_A = 1;
    private static final short TYPE_CNAME = 5;
    private static final short TYPE_SOA = 6;
    private static final short ANSWER = (short) 0x8180;
    private static final short NO_SUCH_NAME = (short) 0x8183;
    private static final short NAME_OF_QUESTION = (short) 0xc00c;

    private final DatagramSocket socket;
    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
    private final Map<String, String> aliases = new ConcurrentHashMap<>();
    private final Map<String, Integer> zones = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    private FakeDns() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("fake dns").start(this::serve);
    }

    /// Starts a server that knows nothing.
    public static FakeDns start() {
        try {
            return new FakeDns();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// From now on this name has these addresses and no others.
    public FakeDns tell(String name, String... itsAddresses) {
        addresses.put(name, List.of(itsAddresses));
        return this;
    }

    /// From now on this name stands for another one.
    public FakeDns alias(String name, String target) {
        aliases.put(name, target);
        return this;
    }

    /// From now on there is a zone of this name with this serial number.
    public FakeDns zone(String name, int serial) {
        zones.put(name, serial);
        return this;
    }

    /// How often it was asked for IPv4 addresses.
    public int asked() {
        return asked.get();
    }

    /// The UDP port.
    public int port() {
        return socket.getLocalPort();
    }

    /// Writes a `resolv.conf` that leads here, with more lines at its end.
    public Path resolvConf(Path directory, String more) {
        try {
            return Files.writeString(
                    directory.resolve("resolv.conf"), "nameserver 127.0.0.1:" + port() + "\n" + more + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closing the socket ends the loop.
            }
        }
    }

    private byte[] answer(byte[] packet) {
        ByteBuffer query = ByteBuffer.wrap(packet);
        short id = query.getShort();
        query.position(12);
        String name = name(query);
        short type = query.getShort();
        int questionEnd = query.position() + 2;
        Integer serial = type == TYPE_SOA ? zones.get(name) : null;
        if (serial != null) {
            return soa(id, packet, questionEnd, serial);
        }
        String alias = aliases.get(name);
        List<String> found = addresses.get(alias == null ? name : alias);
        if (type == TYPE_A) {
            asked.incrementAndGet();
        }
        List<String> told = type == TYPE_A && found != null ? found : List.of();
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort(id).putShort(found == null ? NO_SUCH_NAME : ANSWER);
        out.putShort((short) 1)
                .putShort((short) (told.size() + (alias == null ? 0 : 1)))
                .putInt(0);
        out.put(packet, 12, questionEnd - 12);
        short owner = NAME_OF_QUESTION;
        if (alias != null) {
            byte[] target = encoded(alias);
            record(out, owner, TYPE_CNAME, target.length);
            owner = (short) (0xc000 | out.position());
            out.put(target);
        }
        for (String address : told) {
            record(out, owner, TYPE_A, 4);
            out.put(bytes(address));
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] soa(short id, byte[] packet, int questionEnd, int serial) {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort(id)
                .putShort(ANSWER)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(0);
        out.put(packet, 12, questionEnd - 12);
        // the names of the master and of whom to write to are the zone's own
        record(out, NAME_OF_QUESTION, TYPE_SOA, 2 * Short.BYTES + 5 * Integer.BYTES);
        out.putShort(NAME_OF_QUESTION).putShort(NAME_OF_QUESTION);
        out.putInt(serial).putInt(3600).putInt(600).putInt(86_400).putInt(60);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void record(ByteBuffer out, short owner, short type, int length) {
        out.putShort(owner)
                .putShort(type)
                .putShort((short) 1)
                .putInt(TTL_SECONDS)
                .putShort((short) length);
    }

    private static String name(ByteBuffer in) {
        StringBuilder name = new StringBuilder();
        for (int length = in.get(); length > 0; length = in.get()) {
            byte[] label = new byte[length];
            in.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private static byte[] encoded(String name) {
        ByteBuffer out = ByteBuffer.allocate(name.length() + 2);
        for (String label : name.split("\\.", -1)) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        return out.put((byte) 0).array();
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress(); // a literal
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
