/// Tests of the console's wire side.
@NullMarked
package dev.weir.proxy.admin;

import org.jspecify.annotations.NullMarked;
