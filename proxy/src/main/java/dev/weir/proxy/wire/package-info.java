/// The PostgreSQL wire protocol, version 3: reading and writing messages as pure functions over Netty buffers.
/// Nothing here knows of sockets, sessions or pools.
@NullMarked
package dev.weir.proxy.wire;

import org.jspecify.annotations.NullMarked;
