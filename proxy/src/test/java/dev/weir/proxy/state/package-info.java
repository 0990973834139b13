@NullMarked
package dev.weir.proxy.state;

import org.jspecify.annotations.NullMarked;
