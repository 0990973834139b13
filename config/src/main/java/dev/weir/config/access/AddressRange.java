package dev.weir.config.access;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Addresses that agree in some bits. Never looks a name up. Immutable.
///
/// IPv4 addresses that come wrapped up in IPv6 (`::ffff:1.2.3.4`) are IPv4 addresses, in rules as well as in
/// connections.
public final class AddressRange {
    /// Every address.
    public static final AddressRange ALL = new AddressRange(new byte[0], new byte[0]);

    private static final int MAPPED_PREFIX_BYTES = 12;

    private final byte[] network;
    private final byte[] mask;

    private AddressRange(byte[] network, byte[] mask) {
        this.network = network;
        this.mask = mask;
    }

    /// Those that begin with the same bits.
    ///
    /// @param address an address in figures
    /// @param bits how many, in decimal figures
    /// @return null if that is no range
    public static @Nullable AddressRange ofPrefix(String address, String bits) {
        byte[] network = figures(address);
        if (network == null || !bits.matches("[0-9]{1,3}")) {
            return null;
        }
        int length = Integer.parseInt(bits);
        if (length > network.length * Byte.SIZE) {
            return null;
        }
        byte[] mask = new byte[network.length];
        for (int bit = 0; bit < length; bit++) {
            mask[bit / Byte.SIZE] |= (byte) (0x80 >> bit % Byte.SIZE);
        }
        return of(network, mask);
    }

    /// Those that agree where the mask has a 1.
    ///
    /// @return null if that is no range
    public static @Nullable AddressRange ofMask(String address, String mask) {
        byte[] network = figures(address);
        byte[] bits = figures(mask);
        return network == null || bits == null || network.length != bits.length ? null : of(network, bits);
    }

    private static AddressRange of(byte[] network, byte[] mask) {
        boolean mapped = isMapped(network) && startsWithOnes(mask);
        byte[] ownNetwork = mapped ? tail(network) : network;
        byte[] ownMask = mapped ? tail(mask) : mask;
        byte[] masked = new byte[ownNetwork.length];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (ownNetwork[i] & ownMask[i]);
        }
        return new AddressRange(masked, ownMask);
    }

    /// Whether an address is one of them.
    public boolean contains(InetAddress address) {
        if (network.length == 0) {
            return true;
        }
        byte[] bytes = address.getAddress();
        if (isMapped(bytes)) {
            bytes = tail(bytes);
        }
        if (bytes.length != network.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & mask[i]) != network[i]) {
                return false;
            }
        }
        return true;
    }

    /// The bytes of an address in figures, 4 or 16; null for everything else, host names above all.
    private static byte @Nullable [] figures(String text) {
        if (text.indexOf(':') >= 0) {
            return Ipv6Text.parse(text);
        }
        return dotted(text);
    }

    /// Four numbers with dots between them, each without leading zeros, which some would read as octal.
    static byte @Nullable [] dotted(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    private static boolean isMapped(byte[] bytes) {
        if (bytes.length != 16) {
            return false;
        }
        for (int i = 0; i < MAPPED_PREFIX_BYTES; i++) {
            if (bytes[i] != (i < 10 ? 0 : (byte) 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithOnes(byte[] mask) {
        for (int i = 0; i < MAPPED_PREFIX_BYTES; i++) {
            if (mask[i] != (byte) 0xff) {
                return false;
            }
        }
        return true;
    }

    private static byte[] tail(byte[] bytes) {
        return Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, bytes.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange range
                && Arrays.equals(network, range.network)
                && Arrays.equals(mask, range.mask);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + Arrays.hashCode(mask);
    }
}
