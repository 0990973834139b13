package dev.weir.proxy.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Answers the authentication requests of one login.
final class Credentials {
    private final Login login;
    private final ScramLogin scram;

    Credentials(Login login) {
        this.login = login;
        this.scram = new ScramLogin(login.password());
    }

    /// The message to send in answer, empty when none is due.
    byte[] answer(Message request) {
        ByteBuffer body = ByteBuffer.wrap(request.body());
        int kind = body.getInt();
        String rest = new String(request.body(), 4, request.body().length - 4, StandardCharsets.UTF_8);
        return switch (kind) {
            case 0 -> new byte[0];
            case 3 -> Frontend.password(Frontend.cString(login.password()));
            case 5 -> Frontend.password(Frontend.cString(md5Answer(Arrays.copyOfRange(request.body(), 4, 8))));
            case 10 -> Frontend.password(scram.initialResponse());
            case 11 -> Frontend.password(scram.answer(rest));
            case 12 -> {
                scram.verify(rest);
                yield new byte[0];
            }
            default -> throw new AssertionError("authentication request " + kind + " is not known");
        };
    }

    private String md5Answer(byte[] salt) {
        String inner = md5((login.password() + login.user()).getBytes(StandardCharsets.UTF_8));
        return "md5" + md5(Frontend.concat(inner.getBytes(StandardCharsets.US_ASCII), salt));
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
