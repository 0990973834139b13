@NullMarked
package dev.weir.config.read;

import org.jspecify.annotations.NullMarked;
