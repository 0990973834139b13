/// The console's grammar: from a line of text to a sealed command.
@NullMarked
package dev.weir.console.command;

import org.jspecify.annotations.NullMarked;
