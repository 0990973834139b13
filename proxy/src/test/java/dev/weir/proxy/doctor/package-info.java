/// Tests of `weir doctor`.
@NullMarked
package dev.weir.proxy.doctor;

import org.jspecify.annotations.NullMarked;
