@NullMarked
package dev.weir.config.check;

import org.jspecify.annotations.NullMarked;
