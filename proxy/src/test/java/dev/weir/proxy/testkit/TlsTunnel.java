package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Encrypts what clients without TLS send: listens on a port of its own, and for each connection opens one to a server
/// by
/// SSLRequest and handshake. Believes every certificate. Passes on only as fast as the other side reads.
public final class TlsTunnel implements AutoCloseable {
    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};
    private static final int PIECE_BYTES = 32 * 1024;

    private final ServerSocket listener;
    private final int target;
    private final SSLContext context;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable SSLSession> latest = new AtomicReference<>();

    private volatile byte[] greeting = new byte[0];
    private volatile boolean direct;

    private TlsTunnel(int target, SSLContext context) throws IOException {
        this.target = target;
        this.context = context;
        this.listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("tls tunnel").start(this::accept);
    }

    /// A tunnel to a port of the loopback interface, from a client without a certificate.
    public static TlsTunnel to(int port) {
        return to(port, null);
    }

    /// A tunnel whose clients show a certificate.
    public static TlsTunnel to(int port, @Nullable KeyManagerFactory identity) {
        try {
            return new TlsTunnel(port, context(identity));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A context that believes every certificate.
    public static SSLContext context(@Nullable KeyManagerFactory identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = identity == null ? new KeyManager[0] : identity.getKeyManagers();
            context.init(keys, new TrustManager[] {new Credulous()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a certificate is shown by.
    public static KeyManagerFactory identity(KeyStore store, char[] password) {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What each connection says first, in plain, from now on.
    public TlsTunnel greeting(byte[] bytes) {
        greeting = bytes.clone();
        return this;
    }

    /// Whether connections begin with the handshake, without asking for it.
    public TlsTunnel direct(boolean wanted) {
        direct = wanted;
        return this;
    }

    /// Where clients are to connect.
    public Endpoint endpoint() {
        return Endpoint.loopback(listener.getLocalPort());
    }

    /// The session of the latest connection; null before the first.
    public @Nullable SSLSession latest() {
        return latest.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket plain = listener.accept();
                sockets.add(plain);
                Thread.ofVirtual().name("tls tunnel out").start(() -> serve(plain));
            } catch (IOException e) {
                // Closing the listener ends the loop.
            }
        }
    }

    private void serve(Socket plain) {
        try (plain;
                Socket raw = new Socket()) {
            sockets.add(raw);
            plain.setTcpNoDelay(true);
            raw.setTcpNoDelay(true);
            raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            try (SSLSocket encrypted = handshake(raw)) {
                Thread back = Thread.ofVirtual().name("tls tunnel back").start(() -> pump(encrypted, plain));
                pump(plain, encrypted);
                back.join();
            }
        } catch (IOException e) {
            sockets.remove(plain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SSLSocket handshake(Socket raw) throws IOException {
        raw.getOutputStream().write(greeting);
        if (!direct) {
            raw.getOutputStream().write(SSL_REQUEST);
            if (raw.getInputStream().read() != 'S') {
                throw new IOException("no TLS here");
            }
        }
        SSLSocket encrypted = (SSLSocket) context.getSocketFactory().createSocket(raw, "localhost", target, true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"postgresql"});
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        latest.set(encrypted.getSession());
        return encrypted;
    }

    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                out.write(piece, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // One end has gone; the other follows.
        }
        try {
            to.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

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
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
