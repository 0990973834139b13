package dev.weir.proxy.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client may send before it has logged in: the packets without a type byte. Immutable.
public sealed interface StartupPacket {
    /// SSLRequest: shall we speak TLS? Answered by one byte, `S` or `N`.
    record SslRequest() implements StartupPacket {}

    /// GSSENCRequest: shall we encrypt with GSSAPI? Answered by one byte, `G` or `N`.
    record GssEncRequest() implements StartupPacket {}

    /// CancelRequest; never answered.
    ///
    /// @param pid the process id that BackendKeyData named
    /// @param secret 4 to 256 bytes; not copied, and not to be changed
    @SuppressWarnings("ArrayRecordComponent") // compared byte by byte by whoever looks the key up, never as a record
    record CancelRequest(int pid, byte[] secret) implements StartupPacket {}

    /// StartupMessage.
    ///
    /// @param major version of the protocol, always 3
    /// @param minor version that the client wishes
    /// @param parameters in the order in which the client sent them; of a name sent twice, the last value
    /// @param unrecognisedProtocolOptions names of the `_pq_.` options, none of which is known
    record Startup(int major, int minor, Map<String, String> parameters, List<String> unrecognisedProtocolOptions)
            implements StartupPacket {
        /// Copies the collections.
        public Startup {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            unrecognisedProtocolOptions = List.copyOf(unrecognisedProtocolOptions);
        }

        /// The version as the protocol writes it: major in the upper, minor in the lower 16 bits.
        public int protocol() {
            return major << 16 | minor;
        }

        /// The user, or null if none or an empty one was given.
        public @Nullable String user() {
            String user = parameters.get("user");
            return user == null || user.isEmpty() ? null : user;
        }

        /// The database: the user's name unless one was given; null if there is neither.
        public @Nullable String database() {
            String database = parameters.get("database");
            return database == null || database.isEmpty() ? user() : database;
        }
    }
}
