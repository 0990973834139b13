package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A TCP relay in front of a server that misbehaves when told to: cuts, stalls, delays, corrupts, limits. Thread-safe.
public final class LinkFaults implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong bytesToServer = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flowing = lock.newCondition();

    private volatile boolean stalledToServer;
    private volatile boolean stalledToClient;
    private volatile boolean refusing;
    private volatile int pieceBytes = BUFFER_BYTES;
    private volatile long delayMillis;
    private volatile long cutAfterBytesToClient = Long.MAX_VALUE;
    private volatile long flipByteToClient = -1;

    private LinkFaults(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("link accept").start(this::accept);
    }

    /// A relay to a port on the loopback interface, without faults for now.
    public static LinkFaults to(int port) {
        try {
            return new LinkFaults(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The port to connect to instead of the server's.
    public int port() {
        return listener.getLocalPort();
    }

    /// The address to connect to instead of the server's.
    public Endpoint endpoint() {
        return Endpoint.loopback(port());
    }

    /// Cuts every link that is open with a reset on both sides.
    public void cut() {
        links.forEach(Link::reset);
    }

    /// Closes every new connection at once from now on.
    public void refuse() {
        refusing = true;
    }

    /// Takes new connections again.
    public void accept(boolean again) {
        refusing = !again;
    }

    /// Lets nothing through in either direction; the connections stay.
    public void stall() {
        stalledToServer = true;
        stalledToClient = true;
    }

    /// Lets nothing through to the client.
    public void stallToClient() {
        stalledToClient = true;
    }

    /// Lets nothing through to the server.
    public void stallToServer() {
        stalledToServer = true;
    }

    /// Ends the stall.
    public void flow() {
        lock.lock();
        try {
            stalledToServer = false;
            stalledToClient = false;
            flowing.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Holds every piece back for this long.
    public void delay(long millis) {
        delayMillis = millis;
    }

    /// Passes on what comes, in both directions, in pieces of this many bytes.
    public void chop(int bytes) {
        pieceBytes = bytes;
    }

    /// Cuts a link once this many more bytes have come from the server, over all links.
    public void cutAfter(long bytesFromServer) {
        cutAfterBytesToClient = bytesToClient.get() + bytesFromServer;
    }

    /// Turns over one bit in the byte that comes `offset` bytes from now from the server.
    public void corrupt(long offset) {
        flipByteToClient = bytesToClient.get() + offset;
    }

    /// How many connections have come so far.
    public int accepted() {
        return accepted.get();
    }

    /// How many links are open.
    public int open() {
        return links.size();
    }

    /// How many bytes went to the server so far.
    public long bytesToServer() {
        return bytesToServer.get();
    }

    /// How many bytes came from the server and went on so far.
    public long bytesToClient() {
        return bytesToClient.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    link(client);
                }
            } catch (IOException e) {
                // Closing the listener ends the loop; a peer that left already needs no relay.
            }
        }
    }

    private void link(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        } catch (IOException e) {
            client.setSoLinger(true, 0);
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(client, server);
        links.add(link);
        Thread.ofVirtual().start(() -> link.pump(client, server, true));
        Thread.ofVirtual().start(() -> link.pump(server, client, false));
    }

    /// Ends the relay and all links.
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        flow();
        cut();
    }

    private final class Link {
        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, boolean toServer) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
                    awaitFlow(toServer);
                    if (toServer) {
                        bytesToServer.addAndGet(count);
                        out.write(buffer, 0, count);
                    } else {
                        passToClient(buffer, count, out);
                    }
                }
                to.shutdownOutput();
            } catch (IOException e) {
                reset();
            } finally {
                if (client.isOutputShutdown() && server.isOutputShutdown()) {
                    reset();
                }
            }
        }

        private int read(InputStream in, byte[] buffer) throws IOException {
            return in.read(buffer, 0, Math.min(buffer.length, pieceBytes));
        }

        private void passToClient(byte[] buffer, int count, OutputStream out) throws IOException {
            long before = bytesToClient.get();
            long flip = flipByteToClient - before;
            if (flip >= 0 && flip < count) {
                buffer[(int) flip] ^= 0x40;
                flipByteToClient = -1;
            }
            long left = cutAfterBytesToClient - before;
            int passed = (int) Math.min(count, left);
            out.write(buffer, 0, passed);
            bytesToClient.addAndGet(passed);
            if (left <= count) {
                cutAfterBytesToClient = Long.MAX_VALUE;
                reset();
            }
        }

        private void awaitFlow(boolean toServer) {
            lock.lock();
            try {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
                for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                    flowing.awaitNanos(left);
                }
                while ((toServer ? stalledToServer : stalledToClient) && !client.isClosed()) {
                    flowing.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        void reset() {
            links.remove(this);
            abort(client);
            abort(server);
        }

        private static void abort(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // Closed already, which is what is wanted.
            }
        }
    }
}
