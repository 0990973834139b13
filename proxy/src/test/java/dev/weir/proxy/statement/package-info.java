@NullMarked
package dev.weir.proxy.statement;

import org.jspecify.annotations.NullMarked;
