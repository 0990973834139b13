/// Who may log in, and how we log in ourselves: secrets, the exchanges for plain, md5 and SCRAM-SHA-256 towards clients
/// and towards servers. State machines over message bodies; nothing here knows of sockets.
@NullMarked
package dev.weir.proxy.auth;

import org.jspecify.annotations.NullMarked;
