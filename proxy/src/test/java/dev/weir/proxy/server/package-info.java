@NullMarked
package dev.weir.proxy.server;

import org.jspecify.annotations.NullMarked;
