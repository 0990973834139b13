/// The wire protocol, byte by byte.
@NullMarked
package dev.weir.proxy.wire;

import org.jspecify.annotations.NullMarked;
