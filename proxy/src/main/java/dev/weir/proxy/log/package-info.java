/// The log of the process: PgBouncer's line layout, written by a thread of its own to standard error, a file and
/// syslog.
/// Everybody else logs through SLF4J and knows nothing of this.
@NullMarked
package dev.weir.proxy.log;

import org.jspecify.annotations.NullMarked;
