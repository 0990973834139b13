@NullMarked
package dev.weir.config.diff;

import org.jspecify.annotations.NullMarked;
