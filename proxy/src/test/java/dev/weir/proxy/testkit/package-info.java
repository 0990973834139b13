/// The kit of the integration tests: real and scripted PostgreSQL servers, a client that speaks the protocol by hand,
/// faulty links, and a running pooler. Nothing here uses the pooler's own protocol code, so that it can judge it.
@NullMarked
package dev.weir.proxy.testkit;

import org.jspecify.annotations.NullMarked;
