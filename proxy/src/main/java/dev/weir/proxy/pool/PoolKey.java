package dev.weir.proxy.pool;

import dev.weir.proxy.insight.QueryWatch;

/**
 * What a pool is for.
 *
 * @param database the database's name as clients say it
 * @param user PostgreSQL's role
 */
public record PoolKey(String database, String user) implements QueryWatch.Whose {

    @Override
    public String toString() {
        return database + "/" + user;
    }
}
