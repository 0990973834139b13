/// Typed columns and rows, ready to be rendered as wire messages, JSON or HTML.
@NullMarked
package dev.weir.console.table;

import org.jspecify.annotations.NullMarked;
