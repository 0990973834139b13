package dev.weir.proxy.tls;

import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Cipher;
import javax.net.ssl.SSLEngine;

/**
 * The operations of an RSA key, which take BoringSSL about a millisecond of an event loop. Done this way they become tasks,
 * and run where those of handshakes run. Those of other keys are done before a task would have begun. Thread-safe.
 */
final class RsaKeyMethod implements OpenSslPrivateKeyMethod {

    private final PrivateKey key;

    RsaKeyMethod(PrivateKey key) {
        this.key = key;
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
            signature = Signature.getInstance(pkcs1(algorithm));
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

    private static String pkcs1(int algorithm) throws InvalidKeyException {
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
        }
        throw new InvalidKeyException("no RSA key signs by algorithm " + algorithm);
    }

    /** BoringSSL takes the padding off itself, in constant time. */
    @Override
    public byte[] decrypt(SSLEngine engine, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key);
        return cipher.doFinal(input);
    }
}
