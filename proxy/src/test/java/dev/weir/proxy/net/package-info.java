/// Sockets, addresses and event loops.
@NullMarked
package dev.weir.proxy.net;

import org.jspecify.annotations.NullMarked;
