/// The command line: one class per subcommand. The only place that ends the process.
@NullMarked
package dev.weir.proxy.cli;

import org.jspecify.annotations.NullMarked;
