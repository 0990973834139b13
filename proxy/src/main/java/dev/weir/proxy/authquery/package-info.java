/// `auth_query`: asks PostgreSQL for the secrets of users of whom no file tells one.
@NullMarked
package dev.weir.proxy.authquery;

import org.jspecify.annotations.NullMarked;
