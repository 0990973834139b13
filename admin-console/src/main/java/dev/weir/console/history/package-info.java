/// What the pooler looked like over the last minutes: readings taken at intervals, and what follows from two of them.
@NullMarked
package dev.weir.console.history;

import org.jspecify.annotations.NullMarked;
