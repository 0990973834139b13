/// Checks of the repository itself: format, borders between packages, and habits.
@NullMarked
package dev.weir.proxy.tidy;

import org.jspecify.annotations.NullMarked;
