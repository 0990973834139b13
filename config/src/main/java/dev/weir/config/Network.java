package dev.weir.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// A range of IP addresses. Immutable.
///
/// @param address its first
/// @param prefix how many leading bits all of its addresses have in common
public record Network(InetAddress address, int prefix) {

    /// Reads `10.0.0.0/8`, `fd00::/8` or a single address; null for anything else. No name is looked up. Bits of the
    /// address behind the prefix do not count.
    public static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int bits = address.getAddress().length * Byte.SIZE;
            if (slash < 0) {
                return new Network(address, bits);
            }
            String digits = text.substring(slash + 1);
            int prefix = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
            return prefix < 0 || prefix > bits ? null : new Network(first(address, prefix), prefix);
        } catch (IllegalArgumentException noAddress) {
            return null;
        }
    }

    private static InetAddress first(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible); // only for a wrong number of bytes
        }
    }

    /// Whether an address is in it.
    public boolean contains(InetAddress other) {
        return other.getAddress().length == address.getAddress().length
                && first(other, prefix).equals(address);
    }

    @Override
    public String toString() {
        String host = address.getHostAddress();
        return prefix == address.getAddress().length * Byte.SIZE ? host : host + "/" + prefix;
    }
}
