/// One class per `SHOW` topic: its columns, and how its rows follow from snapshots.
@NullMarked
package dev.weir.console.show;

import org.jspecify.annotations.NullMarked;
