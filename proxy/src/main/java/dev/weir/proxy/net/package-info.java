@NullMarked
package dev.weir.proxy.net;

import org.jspecify.annotations.NullMarked;
