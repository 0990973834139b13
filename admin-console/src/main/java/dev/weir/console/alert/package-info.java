/// Rules that look at the pooler once a second, alerts that follow from them, and whom they are told.
@NullMarked
package dev.weir.console.alert;

import org.jspecify.annotations.NullMarked;
