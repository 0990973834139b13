package dev.weir.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/// Normalises passwords before SCRAM derives keys from them (SASLprep, RFC 4013), in PostgreSQL's way: a password that
/// SASLprep does not allow, or that is not UTF-8, is used as it is; characters are checked before they are normalised.
final class SaslPrep {
    private SaslPrep() {}

    /// The bytes to derive keys from.
    ///
    /// @param password the bytes that the user typed
    static byte[] prepare(byte[] password) {
        if (isAscii(password)) {
            return password;
        }
        String text = decode(password);
        String prepared = text == null ? null : prepare(text);
        return prepared == null ? password : prepared.getBytes(StandardCharsets.UTF_8);
    }

    /// The text if the bytes are UTF-8, otherwise null.
    static @Nullable String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    private static @Nullable String prepare(String text) {
        int[] mapped = text.codePoints()
                .filter(c -> CodePointSet.NON_ASCII_SPACE.contains(c) || !CodePointSet.MAPPED_TO_NOTHING.contains(c))
                .map(c -> CodePointSet.NON_ASCII_SPACE.contains(c) ? ' ' : c)
                .toArray();
        if (mapped.length == 0) {
            return null;
        }
        for (int c : mapped) {
            if (CodePointSet.PROHIBITED.contains(c) || CodePointSet.UNASSIGNED.contains(c)) {
                return null;
            }
        }
        if (!isBidiAllowed(mapped)) {
            return null;
        }
        return Normalizer.normalize(new String(mapped, 0, mapped.length), Normalizer.Form.NFKC);
    }

    // RFC 3454, section 6: text from right to left must not be mixed with the other direction, and must begin and end
    // so
    private static boolean isBidiAllowed(int... text) {
        boolean rightToLeft = false;
        boolean leftToRight = false;
        for (int c : text) {
            rightToLeft |= CodePointSet.RANDALCAT.contains(c);
            leftToRight |= CodePointSet.LCAT.contains(c);
        }
        return !rightToLeft
                || (!leftToRight
                        && CodePointSet.RANDALCAT.contains(text[0])
                        && CodePointSet.RANDALCAT.contains(text[text.length - 1]));
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte each : bytes) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }
}
