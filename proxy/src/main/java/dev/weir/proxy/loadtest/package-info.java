/// `weir loadtest`: clients that behave as an application's would, against any PostgreSQL or pooler, and a report of
/// what they
/// met.
@NullMarked
package dev.weir.proxy.loadtest;

import org.jspecify.annotations.NullMarked;
