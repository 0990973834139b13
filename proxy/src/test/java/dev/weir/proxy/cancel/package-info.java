@NullMarked
package dev.weir.proxy.cancel;

import org.jspecify.annotations.NullMarked;
