/// Who may come in, from where and by which proof: the rules of `auth_hba_file`, the maps of `auth_ident_file`, the
/// options of LDAP. Values without files or sockets behind them.
@NullMarked
package dev.weir.config.access;

import org.jspecify.annotations.NullMarked;
