/// Logins from both sides.
@NullMarked
package dev.weir.proxy.auth;

import org.jspecify.annotations.NullMarked;
