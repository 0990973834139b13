package dev.weir.proxy.client;

import dev.weir.proxy.auth.ScramKeys;
import dev.weir.proxy.auth.StoredSecret;
import org.jspecify.annotations.Nullable;

/**
 * Who has proved to be whom, and what that has brought to light. Immutable; {@code toString} tells the name only.
 *
 * @param user the name that counts from here on
 * @param stored what is stored of the password, null if nobody has told
 * @param foreign whether no file names the user
 * @param keys what logs in to servers that store the same SCRAM secret
 * @param password as received, where it came in plain
 */
record ClientIdentity(
        String user,
        @Nullable StoredSecret stored,
        boolean foreign,
        @Nullable ScramKeys keys,
        @Nullable String password) {

    @Override
    public String toString() {
        return user;
    }
}
