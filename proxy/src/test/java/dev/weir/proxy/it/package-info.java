/// Integration tests: the pooler between real clients and a real PostgreSQL.
package dev.weir.proxy.it;
