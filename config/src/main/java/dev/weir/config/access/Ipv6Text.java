package dev.weir.config.access;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads IPv6 addresses as RFC 4291, section 2.2, writes them. The JDK's reader asks DNS about what it does not
/// understand.
final class Ipv6Text {
    private static final int BYTES = 16;

    private Ipv6Text() {}

    /// The 16 bytes, or null.
    static byte @Nullable [] parse(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            List<Byte> all = groups(text);
            return all == null || all.size() != BYTES ? null : bytes(all, List.of());
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        String before = text.substring(0, gap);
        String after = text.substring(gap + 2);
        List<Byte> head = before.isEmpty() ? List.of() : groups(before);
        List<Byte> tail = after.isEmpty() ? List.of() : groups(after);
        boolean dotsInFront = before.indexOf('.') >= 0;
        return head == null || tail == null || dotsInFront || head.size() + tail.size() > BYTES - 2
                ? null
                : bytes(head, tail);
    }

    private static byte[] bytes(List<Byte> head, List<Byte> tail) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < head.size(); i++) {
            bytes[i] = head.get(i);
        }
        for (int i = 0; i < tail.size(); i++) {
            bytes[BYTES - tail.size() + i] = tail.get(i);
        }
        return bytes;
    }

    /// The bytes of groups with colons between them, the last of which may be an IPv4 address.
    private static @Nullable List<Byte> groups(String text) {
        List<Byte> bytes = new ArrayList<>();
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            byte[] group = i == parts.length - 1 && parts[i].indexOf('.') >= 0
                    ? AddressRange.dotted(parts[i])
                    : group(parts[i]);
            if (group == null) {
                return null;
            }
            for (byte each : group) {
                bytes.add(each);
            }
        }
        return bytes;
    }

    private static byte @Nullable [] group(String text) {
        if (!text.matches("[0-9a-fA-F]{1,4}")) {
            return null;
        }
        int value = Integer.parseInt(text, 16);
        return new byte[] {(byte) (value >> Byte.SIZE), (byte) value};
    }
}
