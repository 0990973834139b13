package dev.weir.config.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/// Reads private keys in the forms that are about: PKCS #8, and the older ones of RSA (RFC 8017, appendix A) and of
/// elliptic curves (RFC 5915), which are wrapped into PKCS #8 first. Stateless.
public final class PrivateKeys {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    /// AlgorithmIdentifier of rsaEncryption, whose parameters are NULL.
    private static final byte[] RSA = {
        SEQUENCE, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };
    /// OBJECT IDENTIFIER id-ecPublicKey.
    private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS");

    private PrivateKeys() {}

    /// The first key in a PEM file.
    ///
    /// @throws BadTlsFile if there is none that can be used
    public static PrivateKey read(String pem) throws BadTlsFile {
        for (Pem.Block block : Pem.read(pem)) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return key(block);
            }
        }
        throw new BadTlsFile("there is no private key in it");
    }

    private static PrivateKey key(Pem.Block block) throws BadTlsFile {
        if (block.encrypted() || block.label().startsWith("ENCRYPTED")) {
            throw new BadTlsFile("the key is encrypted, and there is nobody to ask for its password");
        }
        byte[] pkcs8 = switch (block.label()) {
            case "PRIVATE KEY" -> block.content();
            case "RSA PRIVATE KEY" -> wrapped(RSA, block.content());
            case "EC PRIVATE KEY" -> wrapped(der(SEQUENCE, concat(EC, curve(block.content()))), block.content());
            default -> throw new BadTlsFile("a " + block.label() + " cannot be used");
        };
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException _) {
                // one of another kind
            }
        }
        throw new BadTlsFile("the key is broken or of an unknown kind");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, concat(concat(VERSION_0, algorithm), der(OCTET_STRING, key)));
    }

    // ECPrivateKey: SEQUENCE { INTEGER 1, OCTET STRING key, [0] OBJECT IDENTIFIER curve, [1] public key }
    private static byte[] curve(byte[] key) throws BadTlsFile {
        try {
            int at = contentOf(key, 0, SEQUENCE);
            at = behind(key, at, INTEGER);
            at = behind(key, at, OCTET_STRING);
            return Arrays.copyOfRange(key, contentOf(key, at, PARAMETERS), behind(key, at, PARAMETERS));
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            throw new BadTlsFile("the key is broken or does not name its curve");
        }
    }

    private static int contentOf(byte[] der, int at, int tag) {
        if ((der[at] & 0xff) != tag) {
            throw new IllegalArgumentException("another tag");
        }
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static int behind(byte[] der, int at, int tag) {
        int content = contentOf(der, at, tag);
        int length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < content; i++) {
                length = (length << 8) | (der[i] & 0xff);
            }
        }
        if (length < 0 || length > der.length - content) {
            throw new IllegalArgumentException("longer than it is");
        }
        return content + length;
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /// Whether the two belong together.
    public static boolean match(PrivateKey key, PublicKey shown) {
        if (key instanceof RSAKey rsa) {
            return shown instanceof RSAKey other && rsa.getModulus().equals(other.getModulus());
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : key.getAlgorithm();
        byte[] words = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(words);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(words);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
