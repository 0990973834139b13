/// Reads SQL texts as PostgreSQL's scanner does, as far as is needed to see which of them touch the state of a session.
/// Pure functions over bytes; nothing here knows of connections.
@NullMarked
package dev.weir.proxy.sql;

import org.jspecify.annotations.NullMarked;
