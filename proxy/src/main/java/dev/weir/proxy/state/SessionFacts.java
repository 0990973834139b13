package dev.weir.proxy.state;

import java.util.List;

/**
 * What PostgreSQL says of one session between two transactions.
 *
 * @param settings all that were set in it and hold still, as far as they are known
 * @param complete whether no others can be set
 * @param pins what else lives in it
 * @param channels what it listens on
 */
public record SessionFacts(SessionSettings settings, boolean complete, List<Pin> pins, List<String> channels) {}
