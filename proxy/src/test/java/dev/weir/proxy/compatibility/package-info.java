/// That nothing of PgBouncer's is missing, or is said to be.
package dev.weir.proxy.compatibility;
