/// Passwords that the operating system confirms, by Pluggable Authentication Modules.
@NullMarked
package dev.weir.proxy.auth.pam;

import org.jspecify.annotations.NullMarked;
