/// The console's way in and out: a client session whose server is the console, and the pooler as the console sees it.
@NullMarked
package dev.weir.proxy.admin;

import org.jspecify.annotations.NullMarked;
