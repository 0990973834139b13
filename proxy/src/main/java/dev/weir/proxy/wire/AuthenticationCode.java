package dev.weir.proxy.wire;

/// The int32 with which the body of an Authentication message begins and which tells what the server asks for.
public final class AuthenticationCode {
    /// AuthenticationOk.
    public static final int OK = 0;
    /// AuthenticationKerberosV5: no longer asked by any supported server.
    public static final int KERBEROS_V5 = 2;
    /// AuthenticationCleartextPassword.
    public static final int CLEARTEXT_PASSWORD = 3;
    /// AuthenticationMD5Password, followed by a salt of four bytes.
    public static final int MD5_PASSWORD = 5;
    /// AuthenticationGSS.
    public static final int GSS = 7;
    /// AuthenticationGSSContinue.
    public static final int GSS_CONTINUE = 8;
    /// AuthenticationSSPI.
    public static final int SSPI = 9;
    /// AuthenticationSASL, followed by the names of mechanisms and an empty one.
    public static final int SASL = 10;
    /// AuthenticationSASLContinue, followed by the mechanism's challenge.
    public static final int SASL_CONTINUE = 11;
    /// AuthenticationSASLFinal, followed by the mechanism's last word.
    public static final int SASL_FINAL = 12;

    private AuthenticationCode() {}

    /// The protocol's name of the request, for logs.
    public static String name(int code) {
        return switch (code) {
            case OK -> "AuthenticationOk";
            case KERBEROS_V5 -> "AuthenticationKerberosV5";
            case CLEARTEXT_PASSWORD -> "AuthenticationCleartextPassword";
            case MD5_PASSWORD -> "AuthenticationMD5Password";
            case GSS -> "AuthenticationGSS";
            case GSS_CONTINUE -> "AuthenticationGSSContinue";
            case SSPI -> "AuthenticationSSPI";
            case SASL -> "AuthenticationSASL";
            case SASL_CONTINUE -> "AuthenticationSASLContinue";
            case SASL_FINAL -> "AuthenticationSASLFinal";
            default -> "Authentication request " + code;
        };
    }
}
