/// `weir bench`: what Weir costs beside PgBouncer and beside PostgreSQL itself, measured on this machine in rounds that
/// take turns. `docs/performance.md` tells how to read it.
@NullMarked
package dev.weir.proxy.bench;

import org.jspecify.annotations.NullMarked;
