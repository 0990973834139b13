/** What statements cost, by their text, and which of them are slow. */
@NullMarked
package dev.weir.proxy.insight;

import org.jspecify.annotations.NullMarked;
