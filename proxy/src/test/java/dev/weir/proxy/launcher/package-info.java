/// The packaged distribution, started by its launcher as a user does.
@NullMarked
package dev.weir.proxy.launcher;

import org.jspecify.annotations.NullMarked;
