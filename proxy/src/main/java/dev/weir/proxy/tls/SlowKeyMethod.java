package dev.weir.proxy.tls;

import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import javax.net.ssl.SSLEngine;

/**
 * The operations of a private key that take BoringSSL long, up to a millisecond of an event loop: of RSA keys and of those of the
 * larger curves. Done this way they become tasks, and run where those of handshakes run. Thread-safe.
 */
final class SlowKeyMethod implements OpenSslPrivateKeyMethod {

    /** Up to here a curve is fast. */
    private static final int FAST_CURVE_BITS = 256;

    private final PrivateKey key;

    SlowKeyMethod(PrivateKey key) {
        this.key = key;
    }

    /** Whether a key's operations take long. */
    static boolean isSlow(PrivateKey key) {
        return key.getAlgorithm().equals("RSA")
                || (key instanceof ECKey curve && curve.getParams().getOrder().bitLength() > FAST_CURVE_BITS);
    }

    @Override
    public byte[] sign(SSLEngine engine, int algorithm, byte[] input) throws GeneralSecurityException {
        Signature signature;
        if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA256) {
            signature = pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
        } else if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA384) {
            signature = pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
        } else if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA512) {
            signature = pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
        } else {
            signature = Signature.getInstance(name(algorithm));
        }
        signature.initSign(key);
        signature.update(input);
        return signature.sign();
    }

    private static Signature pss(String hash, MGF1ParameterSpec mask, int saltBytes) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(hash, "MGF1", mask, saltBytes, PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }

    private static String name(int algorithm) throws InvalidKeyException {
        if (algorithm == SSL_SIGN_RSA_PKCS1_SHA1) {
            return "SHA1withRSA";
        } else if (algorithm == SSL_SIGN_RSA_PKCS1_SHA256) {
            return "SHA256withRSA";
        } else if (algorithm == SSL_SIGN_RSA_PKCS1_SHA384) {
            return "SHA384withRSA";
        } else if (algorithm == SSL_SIGN_RSA_PKCS1_SHA512) {
            return "SHA512withRSA";
        } else if (algorithm == SSL_SIGN_RSA_PKCS1_MD5_SHA1) {
            return "MD5andSHA1withRSA";
        } else if (algorithm == SSL_SIGN_ECDSA_SHA1) {
            return "SHA1withECDSA";
        } else if (algorithm == SSL_SIGN_ECDSA_SECP256R1_SHA256) {
            return "SHA256withECDSA";
        } else if (algorithm == SSL_SIGN_ECDSA_SECP384R1_SHA384) {
            return "SHA384withECDSA";
        } else if (algorithm == SSL_SIGN_ECDSA_SECP521R1_SHA512) {
            return "SHA512withECDSA";
        }
        throw new InvalidKeyException("no key here signs by algorithm " + algorithm);
    }

    /** For RSA alone. BoringSSL takes the padding off itself, in constant time. */
    @Override
    public byte[] decrypt(SSLEngine engine, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key);
        return cipher.doFinal(input);
    }
}
