/// `weir conformance`: which features of a PostgreSQL session still work through a pooler. A client of its own runs a
/// table of checks while rivals keep the pooler's servers changing hands, and reports what passes.
@NullMarked
package dev.weir.proxy.conformance;

import org.jspecify.annotations.NullMarked;
