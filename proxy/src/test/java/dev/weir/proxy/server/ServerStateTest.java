package dev.weir.proxy.server;

import static dev.weir.proxy.server.ServerState.CHECKING;
import static dev.weir.proxy.server.ServerState.CLOSED;
import static dev.weir.proxy.server.ServerState.CONNECTING;
import static dev.weir.proxy.server.ServerState.DRAINING;
import static dev.weir.proxy.server.ServerState.HELD;
import static dev.weir.proxy.server.ServerState.IDLE;
import static dev.weir.proxy.server.ServerState.LINKED;
import static dev.weir.proxy.server.ServerState.LOGGING_IN;
import static dev.weir.proxy.server.ServerState.MOVING;
import static dev.weir.proxy.server.ServerState.PREPARING;
import static dev.weir.proxy.server.ServerState.RESETTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ServerStateTest {

    @ParameterizedTest
    @EnumSource
    void onlyTheseStatesMayFollow(ServerState state) {
        Set<ServerState> expected = switch (state) {
            case CONNECTING -> EnumSet.of(LOGGING_IN, CLOSED);
            case LOGGING_IN -> EnumSet.of(PREPARING, IDLE, CLOSED);
            case PREPARING, CHECKING, MOVING -> EnumSet.of(IDLE, CLOSED);
            case IDLE -> EnumSet.of(LINKED, CHECKING, MOVING, CLOSED);
            case LINKED -> EnumSet.of(IDLE, DRAINING, RESETTING, HELD, CLOSED);
            case DRAINING -> EnumSet.of(IDLE, RESETTING, HELD, CLOSED);
            case RESETTING -> EnumSet.of(IDLE, HELD, CLOSED);
            case HELD -> EnumSet.of(IDLE, RESETTING, CLOSED);
            case CLOSED -> EnumSet.noneOf(ServerState.class);
        };
        assertThat(followers(state)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void everyStateIsReachedAndAllEndClosed(ServerState state) {
        assertThat(reachable(CONNECTING)).contains(state);
        assertThat(reachable(state)).contains(CLOSED);
    }

    @ParameterizedTest
    @EnumSource(names = {"LINKED", "DRAINING", "RESETTING", "HELD"})
    void aServerThatServedGoesBackToItsPoolOrCloses(ServerState state) {
        assertThat(reachable(state)).contains(IDLE);
        assertThat(followers(state)).doesNotContain(CHECKING, MOVING, LINKED, PREPARING);
    }

    private static Set<ServerState> reachable(ServerState from) {
        Set<ServerState> reached = EnumSet.of(from);
        Set<ServerState> added = EnumSet.of(from);
        while (!added.isEmpty()) {
            Set<ServerState> next = EnumSet.noneOf(ServerState.class);
            added.forEach(state -> next.addAll(followers(state)));
            next.removeAll(reached);
            reached.addAll(next);
            added = next;
        }
        return reached;
    }

    private static Set<ServerState> followers(ServerState state) {
        Set<ServerState> followers = EnumSet.noneOf(ServerState.class);
        for (ServerState next : ServerState.values()) {
            if (next.mayFollow(state)) {
                followers.add(next);
            }
        }
        return followers;
    }
}
