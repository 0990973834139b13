@NullMarked
package dev.weir.proxy.insight;

import org.jspecify.annotations.NullMarked;
