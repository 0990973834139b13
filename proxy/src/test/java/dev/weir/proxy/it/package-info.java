/// Integration tests: the pooler between real clients and a real PostgreSQL.
@NullMarked
package dev.weir.proxy.it;

import org.jspecify.annotations.NullMarked;
