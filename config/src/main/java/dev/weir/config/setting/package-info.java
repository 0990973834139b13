@NullMarked
package dev.weir.config.setting;

import org.jspecify.annotations.NullMarked;
