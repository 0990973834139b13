/// TLS on both sides: contexts made from the configuration, handshakes, and what a finished one says about the peer.
@NullMarked
package dev.weir.proxy.tls;

import org.jspecify.annotations.NullMarked;
