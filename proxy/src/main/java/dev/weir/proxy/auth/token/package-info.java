/// Passwords of ours that do not stay the same: those that commands make, and those in files that somebody rewrites.
@NullMarked
package dev.weir.proxy.auth.token;

import org.jspecify.annotations.NullMarked;
