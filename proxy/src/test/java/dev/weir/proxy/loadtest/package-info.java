/// Tests of `weir loadtest`.
@NullMarked
package dev.weir.proxy.loadtest;

import org.jspecify.annotations.NullMarked;
