@NullMarked
package dev.weir.proxy.client;

import org.jspecify.annotations.NullMarked;
