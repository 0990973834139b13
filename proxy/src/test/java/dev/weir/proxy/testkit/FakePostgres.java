package dev.weir.proxy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that does what a script says, for what a real PostgreSQL never does. Each connection runs the script on a
/// thread of its own; what a script throws fails [#close].
public final class FakePostgres implements AutoCloseable {
    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    private FakePostgres(String address, int port, Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(port, 100, InetAddress.getByName(address));
        Thread.ofVirtual().name("fake postgres").start(this::accept);
    }

    /// What happens on one connection; it is closed when the script returns.
    @FunctionalInterface
    public interface Script {
        /// Plays one connection; an `IOException` because the other side left is no failure.
        void play(Session session) throws IOException;
    }

    /// Starts a server on a free port.
    public static FakePostgres start(Script script) {
        return start("127.0.0.1", 0, script);
    }

    /// Starts a server on one address of this machine.
    public static FakePostgres start(String address, int port, Script script) {
        try {
            return new FakePostgres(address, port, script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The TCP port.
    public int port() {
        return listener.getLocalPort();
    }

    /// How many connections have come so far.
    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                Thread.ofVirtual().name("fake backend " + number).start(() -> play(socket, number));
            } catch (IOException e) {
                // Closing the listener ends the loop.
            }
        }
    }

    private void play(Socket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.play(new Session(socket, number));
        } catch (IOException e) {
            sockets.remove(socket);
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    /// Ends all connections; fails if a script has failed.
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Throwable failure = failures.poll();
        if (failure != null) {
            throw new AssertionError("the script of the fake server failed", failure);
        }
    }

    /// The server's end of one connection.
    public static final class Session {
        private final DataInputStream in;
        private final OutputStream out;
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private final int number;
        private boolean holding;

        Session(Socket socket, int number) throws IOException {
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
            this.number = number;
        }

        /// The how-manieth connection this is, from 1.
        public int number() {
            return number;
        }

        /// Reads the StartupMessage (refusing encryption) and returns its parameters; a CancelRequest gives an empty
        /// map.
        public Map<String, String> readStartup() throws IOException {
            while (true) {
                byte[] packet = new byte[in.readInt() - 4];
                in.readFully(packet);
                ByteBuffer body = ByteBuffer.wrap(packet);
                int code = body.getInt();
                if (code >>> 16 == 1234) {
                    if ((code & 0xffff) == 5678) {
                        return Map.of();
                    }
                    send(new byte[] {'N'});
                    continue;
                }
                Map<String, String> parameters = new LinkedHashMap<>();
                while (body.get(body.position()) != 0) {
                    parameters.put(Message.cString(body), Message.cString(body));
                }
                return parameters;
            }
        }

        /// Lets the client in without a password and reports the usual parameters.
        public void welcome() throws IOException {
            readStartup();
            letIn();
        }

        /// AuthenticationOk, parameters, a cancel key and ReadyForQuery.
        public void letIn() throws IOException {
            send(Frontend.message('R', Frontend.int32(0)));
            parameter("server_version", "18.0");
            parameter("server_encoding", "UTF8");
            parameter("client_encoding", "UTF8");
            parameter("DateStyle", "ISO, MDY");
            parameter("TimeZone", "Etc/UTC");
            parameter("IntervalStyle", "postgres");
            parameter("standard_conforming_strings", "on");
            parameter("integer_datetimes", "on");
            parameter("application_name", "");
            send(Frontend.message('K', Frontend.int32(number), Frontend.int32(number)));
            ready('I');
        }

        /// Sends any bytes.
        public void send(byte[]... bytes) throws IOException {
            held.write(Frontend.concat(bytes));
            if (!holding) {
                held.writeTo(out);
                held.reset();
            }
        }

        /// Sends everything that `words` sends in one packet.
        public void inOneBreath(Script words) throws IOException {
            holding = true;
            words.play(this);
            holding = false;
            send();
        }

        /// Sends ParameterStatus.
        public void parameter(String name, String value) throws IOException {
            send(Frontend.message('S', Frontend.cString(name), Frontend.cString(value)));
        }

        /// Sends ReadyForQuery.
        public void ready(char status) throws IOException {
            send(Frontend.message('Z', new byte[] {(byte) status}));
        }

        /// Sends ErrorResponse.
        public void error(String severity, String sqlState, String text) throws IOException {
            send(Frontend.message(
                    'E',
                    Frontend.cString("S" + severity),
                    Frontend.cString("V" + severity),
                    Frontend.cString("C" + sqlState),
                    Frontend.cString("M" + text),
                    new byte[1]));
        }

        /// Sends one row of one text column and CommandComplete, without ReadyForQuery.
        public void oneRow(String value) throws IOException {
            byte[] column = Frontend.concat(
                    Frontend.cString("value"),
                    Frontend.int32(0),
                    Frontend.int16(0),
                    Frontend.int32(25),
                    Frontend.int16(-1),
                    Frontend.int32(-1),
                    Frontend.int16(0));
            byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            send(
                    Frontend.message('T', Frontend.int16(1), column),
                    Frontend.message('D', Frontend.int16(1), Frontend.int32(bytes.length), bytes),
                    Frontend.message('C', Frontend.cString("SELECT 1")));
        }

        /// The next message of the client.
        public Message read() throws IOException {
            int type = in.read();
            if (type < 0) {
                throw new EOFException();
            }
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return new Message((char) type, body);
        }

        /// The SQL of the next message, which must be a Query.
        public String readQuery() throws IOException {
            Message message = read();
            if (message.type() == 'X') {
                throw new EOFException();
            }
            if (message.type() != 'Q') {
                throw new AssertionError("a Query was expected, got " + (int) message.type());
            }
            return Message.cString(ByteBuffer.wrap(message.body()));
        }

        /// Answers every query from now on with the same row, until the client closes.
        public void oneRowForEveryQuery(String value) throws IOException {
            while (true) {
                readQuery();
                oneRow(value);
                ready('I');
            }
        }

        /// Fills a buffer with what comes next, whatever that is.
        public void readFully(byte[] target) throws IOException {
            in.readFully(target);
        }

        /// Reads until the client closes.
        public void readToEnd() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
