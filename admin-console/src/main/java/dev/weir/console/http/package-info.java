/// What a browser or Prometheus may read: metrics, health and a page that links to them.
@NullMarked
package dev.weir.console.http;

import org.jspecify.annotations.NullMarked;
