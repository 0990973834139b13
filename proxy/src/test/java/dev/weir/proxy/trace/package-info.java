@NullMarked
package dev.weir.proxy.trace;

import org.jspecify.annotations.NullMarked;
