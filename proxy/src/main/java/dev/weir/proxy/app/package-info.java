/// The process: what it assembles at its start, the signals it obeys, the files it keeps and how it ends.
@NullMarked
package dev.weir.proxy.app;

import org.jspecify.annotations.NullMarked;
