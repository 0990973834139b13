/** LISTEN and NOTIFY: one listening server connection for all clients of a pool. */
@NullMarked
package dev.weir.proxy.notify;

import org.jspecify.annotations.NullMarked;
