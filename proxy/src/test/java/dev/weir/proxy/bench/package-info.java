@NullMarked
package dev.weir.proxy.bench;

import org.jspecify.annotations.NullMarked;
