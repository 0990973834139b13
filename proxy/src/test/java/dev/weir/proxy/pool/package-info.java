@NullMarked
package dev.weir.proxy.pool;

import org.jspecify.annotations.NullMarked;
