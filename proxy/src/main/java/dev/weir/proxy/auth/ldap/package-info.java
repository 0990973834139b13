/// Passwords that LDAP servers confirm.
@NullMarked
package dev.weir.proxy.auth.ldap;

import org.jspecify.annotations.NullMarked;
