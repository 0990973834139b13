/// `weir doctor`: what a configuration says, held against the servers that it is about.
@NullMarked
package dev.weir.proxy.doctor;

import org.jspecify.annotations.NullMarked;
