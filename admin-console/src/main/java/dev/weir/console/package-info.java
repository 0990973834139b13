/// What operators see and command: the console's entry point. See [Console].
@NullMarked
package dev.weir.console;

import org.jspecify.annotations.NullMarked;
