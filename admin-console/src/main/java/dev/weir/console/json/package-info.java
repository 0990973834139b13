/// JSON texts, and how they follow from snapshots. The library behind it is loaded when the first text is written.
@NullMarked
package dev.weir.console.json;

import org.jspecify.annotations.NullMarked;
