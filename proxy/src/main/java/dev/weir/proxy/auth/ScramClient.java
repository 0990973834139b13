package dev.weir.proxy.auth;

import dev.weir.proxy.wire.ProtocolViolation;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677); see [ScramServer] for the messages. Every
/// method
/// is to be called once, in order. Not thread-safe.
final class ScramClient {
    private static final String UNBOUND = "n,,";
    private static final String COULD_BE_BOUND = "y,,";
    private static final String BOUND = "p=" + ScramServer.BINDING_TYPE + ",,";
    private static final int MAX_SALT_BYTES = 1024;

    private final String firstBare;
    private final String clientNonce;
    private String gs2Header = UNBOUND;
    private byte[] endPoint = new byte[0];
    private String nonce = "";
    private String serverFirst = "";
    private byte[] salt = new byte[0];
    private int iterations;
    private byte @Nullable [] expectedSignature;

    /// @param clientNonce printable ASCII without comma, never used before
    ScramClient(String clientNonce) {
        this("", clientNonce);
    }

    /// @param user already escaped; PostgreSQL ignores it and its own clients send none
    ScramClient(String user, String clientNonce) {
        this.clientNonce = clientNonce;
        this.firstBare = "n=" + user + ",r=" + clientNonce;
    }

    /// Binds the exchange to the TLS connection around it: the mechanism is the one with PLUS.
    void bind(byte[] serverEndPoint) {
        gs2Header = BOUND;
        endPoint = serverEndPoint;
    }

    /// It could be bound, but the server has not offered it: if it did, the server will know that somebody has lied.
    void couldBind() {
        gs2Header = COULD_BE_BOUND;
    }

    /// The client's first message.
    byte[] clientFirst() {
        return ScramMessage.bytes(gs2Header + firstBare);
    }

    /// Takes the server's first message, after which [#salt] and [#iterations] are known.
    ///
    /// @throws ProtocolViolation if it is malformed, does not continue the client's, or asks for too much work
    void onServerFirst(byte[] message) {
        ScramMessage first = new ScramMessage(message);
        first.refuseMandatoryExtension();
        nonce = first.nonce();
        if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
            throw ScramMessage.malformed("The server's nonce does not continue the client's.");
        }
        byte[] decoded = StrictBase64.decode(first.attribute('s'));
        if (decoded == null || decoded.length == 0 || decoded.length > MAX_SALT_BYTES) {
            throw ScramMessage.malformed("Malformed salt.");
        }
        salt = decoded;
        iterations = iterations(first.attribute('i'));
        while (!first.atEnd()) {
            first.extension();
        }
        serverFirst = first.from(0);
    }

    private static int iterations(String text) {
        if (!text.matches("[1-9][0-9]{0,8}") || Integer.parseInt(text) > ScramKeys.MAX_ITERATIONS) {
            throw ScramMessage.malformed("Iterations are not a number from 1 to " + ScramKeys.MAX_ITERATIONS + ".");
        }
        return Integer.parseInt(text);
    }

    byte[] salt() {
        return salt;
    }

    int iterations() {
        return iterations;
    }

    /// The client's last message.
    ///
    /// @param keys for this salt and these iterations
    byte[] clientFinal(ScramKeys keys) {
        String withoutProof = "c=" + ScramMessage.binding(gs2Header, endPoint) + ",r=" + nonce;
        byte[] authMessage = ScramMessage.bytes(firstBare + "," + serverFirst + "," + withoutProof);
        byte[] proof = Sha256.xor(keys.clientKey(), Sha256.hmac(keys.storedKey(), authMessage));
        expectedSignature = Sha256.hmac(keys.serverKey(), authMessage);
        return ScramMessage.bytes(withoutProof + ",p=" + StrictBase64.encode(proof));
    }

    /// Takes the server's last message.
    ///
    /// @return whether the server has proved that it knows the secret
    /// @throws ProtocolViolation if it is malformed or an error
    boolean onServerFinal(byte[] message) {
        ScramMessage last = new ScramMessage(message);
        if (last.peek() == 'e') {
            throw new ProtocolViolation("the server ended the SCRAM exchange with an error");
        }
        byte[] signature = StrictBase64.decode(last.attribute('v'));
        while (!last.atEnd()) {
            last.extension();
        }
        return signature != null && MessageDigest.isEqual(signature, Objects.requireNonNull(expectedSignature));
    }
}
