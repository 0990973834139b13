@NullMarked
package dev.weir.proxy.sql;

import org.jspecify.annotations.NullMarked;
