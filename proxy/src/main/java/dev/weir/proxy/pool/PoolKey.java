package dev.weir.proxy.pool;

/**
 * What a pool is for.
 *
 * @param database the database's name as clients say it
 * @param user PostgreSQL's role
 */
public record PoolKey(String database, String user) {

    @Override
    public String toString() {
        return database + "/" + user;
    }
}
