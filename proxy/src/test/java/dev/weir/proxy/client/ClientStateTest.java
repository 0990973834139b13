package dev.weir.proxy.client;

import static dev.weir.proxy.client.ClientState.CLOSED;
import static dev.weir.proxy.client.ClientState.IDLE;
import static dev.weir.proxy.client.ClientState.LINKED;
import static dev.weir.proxy.client.ClientState.MOVING;
import static dev.weir.proxy.client.ClientState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClientStateTest {

    @ParameterizedTest
    @EnumSource
    void onlyTheseStatesMayFollow(ClientState state) {
        Set<ClientState> expected = switch (state) {
            case IDLE -> EnumSet.of(WAITING, LINKED, MOVING, CLOSED);
            case WAITING -> EnumSet.of(IDLE, LINKED, CLOSED);
            case LINKED -> EnumSet.of(IDLE, CLOSED);
            case MOVING -> EnumSet.of(IDLE, CLOSED);
            case CLOSED -> EnumSet.noneOf(ClientState.class);
        };
        Set<ClientState> followers = EnumSet.noneOf(ClientState.class);
        for (ClientState next : ClientState.values()) {
            if (next.mayFollow(state)) {
                followers.add(next);
            }
        }
        assertThat(followers).isEqualTo(expected);
    }
}
