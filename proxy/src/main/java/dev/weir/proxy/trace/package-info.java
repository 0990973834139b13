/// Spans of statements: whose trace they belong to, and how they get to a collector (OTLP/HTTP).
@NullMarked
package dev.weir.proxy.trace;

import org.jspecify.annotations.NullMarked;
