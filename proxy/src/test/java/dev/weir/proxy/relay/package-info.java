@NullMarked
package dev.weir.proxy.relay;

import org.jspecify.annotations.NullMarked;
