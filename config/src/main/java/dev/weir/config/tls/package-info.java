/// What TLS settings mean: versions, ciphers, groups, and the keys and certificates in the files they name.
@NullMarked
package dev.weir.config.tls;

import org.jspecify.annotations.NullMarked;
