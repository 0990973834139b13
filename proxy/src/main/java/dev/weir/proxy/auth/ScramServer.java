package dev.weir.proxy.auth;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), bound to the TLS connection around it or not:
///
/// ```
/// client-first   n,,n=user,r=CLIENT
/// server-first   r=CLIENTSERVER,s=SALT,i=4096          onClientFirst
/// client-final   c=biws,r=CLIENTSERVER,p=PROOF         onClientFinal, then verify
/// server-final   v=SIGNATURE                           serverFinal
/// ```
///
/// Bound, `p=tls-server-end-point,,` stands in place of `n,,`, and `c` is that and a hash of the certificate in Base64.
/// The keys are needed only for the last step. Every method is to be called once, in this order. Not thread-safe.
final class ScramServer {
    /// The name of the mechanism.
    static final String MECHANISM = "SCRAM-SHA-256";
    /// The name of the mechanism with channel binding.
    static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";
    /// The kind of channel binding: all that PostgreSQL knows (RFC 5929).
    static final String BINDING_TYPE = "tls-server-end-point";

    private final int iterations;
    private final byte[] salt;
    private final String serverNonce;
    private final byte @Nullable [] endPoint;
    private boolean bound;
    private String gs2Header = "";
    private String nonce = "";
    private String authMessage = "";
    private byte @Nullable [] proof;

    /// An exchange that cannot be bound.
    ///
    /// @param serverNonce printable ASCII without comma, never used before
    ScramServer(int iterations, byte[] salt, String serverNonce) {
        this(iterations, salt, serverNonce, null);
    }

    /// @param endPoint what the exchange can be bound to; null if the client was not offered that
    ScramServer(int iterations, byte[] salt, String serverNonce, byte @Nullable [] endPoint) {
        this.endPoint = endPoint;
        this.iterations = iterations;
        this.salt = salt;
        this.serverNonce = serverNonce;
    }

    /// Takes the client's first message and gives the server's.
    ///
    /// @throws ProtocolViolation if it is malformed or wants what is not offered
    byte[] onClientFirst(byte[] message) {
        return onClientFirst(message, false);
    }

    /// @param plus whether the client has chosen the mechanism with channel binding
    byte[] onClientFirst(byte[] message, boolean plus) {
        bound = plus;
        ScramMessage first = new ScramMessage(message);
        if (plus) {
            readBindingType(first);
        } else {
            checkChannelBinding(first.next());
            first.comma();
        }
        if (first.peek() == 'a') {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.FEATURE_NOT_SUPPORTED, "client uses authorization identity, but it is not supported"));
        }
        first.comma();
        int bare = first.position();
        gs2Header = first.substring(0, bare);
        first.refuseMandatoryExtension();
        // The name in the startup packet counts, as with PostgreSQL.
        first.attribute('n');
        nonce = first.nonce() + serverNonce;
        while (!first.atEnd()) {
            first.extension();
        }
        String serverFirst = "r=" + nonce + ",s=" + StrictBase64.encode(salt) + ",i=" + iterations;
        authMessage = first.from(bare) + "," + serverFirst;
        return ScramMessage.bytes(serverFirst);
    }

    private static void readBindingType(ScramMessage first) {
        switch (first.peek()) {
            case 'p' -> {
                String type = first.attribute('p');
                if (!type.equals(BINDING_TYPE)) {
                    throw new ProtocolViolation(PgError.fatal(
                            SqlState.PROTOCOL_VIOLATION, "unsupported SCRAM channel-binding type \"" + type + "\""));
                }
            }
            case 'n', 'y' ->
                throw ScramMessage.malformed("The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not"
                        + " include channel binding data.");
            default -> throw ScramMessage.malformed("Unexpected channel-binding flag.");
        }
    }

    private void checkChannelBinding(char flag) {
        switch (flag) {
            case 'n' -> {} // the client cannot bind, or does not want to
            case 'y' -> {
                // It could, and believes that we cannot: somebody may have told it so.
                if (endPoint != null) {
                    throw new ProtocolViolation(PgError.fatal(
                                    SqlState.INVALID_AUTHORIZATION, "SCRAM channel binding negotiation error")
                            .withDetail("The client supports SCRAM channel binding but thinks the server does not. "
                                    + "However, this server does support channel binding."));
                }
            }
            case 'p' ->
                throw ScramMessage.malformed(
                        "The client selected SCRAM-SHA-256 without channel binding, but the message includes it.");
            default -> throw ScramMessage.malformed("Unexpected channel-binding flag.");
        }
    }

    /// Takes the client's last message.
    ///
    /// @throws ProtocolViolation if it is malformed or not the continuation of the first
    void onClientFinal(byte[] message) {
        ScramMessage last = new ScramMessage(message);
        String binding = last.attribute('c');
        byte[] data = bound ? Objects.requireNonNull(endPoint) : new byte[0];
        if (!binding.equals(ScramMessage.binding(gs2Header, data))) {
            if (bound) {
                throw new ProtocolViolation(
                        PgError.fatal(SqlState.INVALID_AUTHORIZATION, "SCRAM channel binding check failed"));
            }
            throw new ProtocolViolation("unexpected SCRAM channel-binding attribute in client-final-message");
        }
        if (!last.nonce().equals(nonce)) {
            throw new ProtocolViolation(PgError.fatal(SqlState.PROTOCOL_VIOLATION, "invalid SCRAM response")
                    .withDetail("Nonce does not match."));
        }
        while (last.peek() != 'p') {
            last.extension();
        }
        int proofAt = last.position();
        byte[] decoded = StrictBase64.decode(last.attribute('p'));
        if (decoded == null || decoded.length != Sha256.BYTES || !last.atEnd()) {
            throw ScramMessage.malformed("Malformed proof in client-final-message.");
        }
        proof = decoded;
        authMessage += "," + last.substring(0, proofAt - 1);
    }

    /// Whether the proof is right; in constant time.
    ///
    /// @return the client's key, or null if it does not know the password
    byte @Nullable [] verify(byte[] storedKey) {
        byte[] signature = Sha256.hmac(storedKey, ScramMessage.bytes(authMessage));
        byte[] clientKey = Sha256.xor(Objects.requireNonNull(proof), signature);
        return MessageDigest.isEqual(Sha256.hash(clientKey), storedKey) ? clientKey : null;
    }

    /// The server's last message, by which it proves to know the secret too.
    byte[] serverFinal(byte[] serverKey) {
        byte[] signature = Sha256.hmac(serverKey, ScramMessage.bytes(authMessage));
        return ScramMessage.bytes("v=" + StrictBase64.encode(signature));
    }
}
