/// `weir demo`: a PostgreSQL of its own with sample tables, and Weir in front of it.
@NullMarked
package dev.weir.proxy.demo;

import org.jspecify.annotations.NullMarked;
