/// How large pools should be for what they are asked, and which settings do not go together.
@NullMarked
package dev.weir.console.advice;

import org.jspecify.annotations.NullMarked;
