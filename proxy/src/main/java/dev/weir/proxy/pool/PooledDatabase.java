package dev.weir.proxy.pool;

import dev.weir.proxy.wire.PgError;
import java.util.function.Consumer;

/** One database as clients name it, over all its pools: whether it is paused, disabled or removed. Thread-safe. */
public final class PooledDatabase {

    private final PoolGroup group;
    private final FunctionWatch functions;
    private volatile Object schema = new Object();
    private volatile boolean paused;
    private volatile boolean disabled;
    private volatile boolean removed;

    PooledDatabase(String name) {
        this.group = new PoolGroup(name);
        this.functions = new FunctionWatch(name);
    }

    public String name() {
        return group.name();
    }

    /** Its pools and their limits. */
    public PoolGroup group() {
        return group;
    }

    /** Which of its functions change sessions. */
    public FunctionWatch functions() {
        return functions;
    }

    /** Stands for the definitions of its tables as they are now: another object after each change that went through here. */
    public Object schema() {
        return schema;
    }

    /** Tables may have changed: what was prepared before has to be prepared anew. */
    public void onSchemaChanged() {
        schema = new Object();
    }

    public boolean isPaused() {
        return paused;
    }

    /** Stops assigning servers and closes the free ones; the others go as they become free. */
    public void pause() {
        paused = true;
        eachShard(PoolShard::onPaused);
    }

    /** Assigns servers again. */
    public void resume() {
        paused = false;
        eachShard(PoolShard::onResumed);
    }

    private void eachShard(Consumer<PoolShard> action) {
        for (Pool pool : group.pools()) {
            for (PoolShard shard : pool.shards()) {
                shard.worker().run(() -> action.accept(shard));
            }
        }
    }

    /** Closes every server now. */
    public void closeServers(String reason) {
        eachShard(shard -> shard.closeAll(reason));
    }

    /** Ends the wait of every client in line with an error. */
    public void refuseWaiters(PgError error) {
        eachShard(shard -> shard.refuseWaiters(error));
    }

    public boolean isDisabled() {
        return disabled;
    }

    public void setDisabled(boolean value) {
        disabled = value;
    }

    /** Whether the configuration no longer has it. */
    public boolean isRemoved() {
        return removed;
    }

    void setRemoved(boolean value) {
        removed = value;
    }
}
