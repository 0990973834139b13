@NullMarked
package dev.weir.proxy.time;

import org.jspecify.annotations.NullMarked;
