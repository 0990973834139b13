@NullMarked
package dev.weir.proxy.tls;

import org.jspecify.annotations.NullMarked;
