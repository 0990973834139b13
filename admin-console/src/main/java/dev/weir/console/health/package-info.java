/// Whether databases can be used through this pooler.
@NullMarked
package dev.weir.console.health;

import org.jspecify.annotations.NullMarked;
