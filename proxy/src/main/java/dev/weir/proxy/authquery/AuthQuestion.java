package dev.weir.proxy.authquery;

/**
 * What is asked about whom, and where. Immutable.
 *
 * @param database the entry of {@code [databases]} in which it is asked
 * @param asker the role that asks
 * @param query the text of {@code auth_query}
 * @param user whose secret is wanted
 */
public record AuthQuestion(String database, String asker, String query, String user) {}
