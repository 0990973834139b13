package dev.weir.proxy.server;

import dev.weir.proxy.auth.ScramKeys;
import dev.weir.proxy.auth.StoredSecret;
import org.jspecify.annotations.Nullable;

/**
 * What a role can prove itself with towards PostgreSQL. Immutable.
 *
 * @param secret what is known of its password, null for nothing
 * @param clientKeys SCRAM keys that a client's login brought to light, null for none
 */
public record ServerCredentials(
        @Nullable StoredSecret secret, @Nullable ScramKeys clientKeys) {

    /** Nothing is known. */
    public static final ServerCredentials NONE = new ServerCredentials(null, null);
}
