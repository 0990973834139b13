/// From PgBouncer's language of configuration files into Weir's own.
@NullMarked
package dev.weir.config.convert;

import org.jspecify.annotations.NullMarked;
