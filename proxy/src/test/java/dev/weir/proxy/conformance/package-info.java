@NullMarked
package dev.weir.proxy.conformance;

import org.jspecify.annotations.NullMarked;
