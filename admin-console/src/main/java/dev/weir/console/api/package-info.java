/// The pooler as JSON: what `/api/…` answers, and the OpenAPI document that describes it.
@NullMarked
package dev.weir.console.api;

import org.jspecify.annotations.NullMarked;
