package dev.weir.proxy.client;

import dev.weir.proxy.auth.StoredSecret;

/**
 * A user that a file names, or {@code auth_query} has found. Immutable.
 *
 * @param user the name
 * @param secret what is stored of the password
 * @param foreign whether no file names the user
 */
record KnownUser(String user, StoredSecret secret, boolean foreign) {}
