package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LogLines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EachClientTest {

    @Test
    void oneThatCannotBeToldIsLoggedAndTheOthersAreTold() {
        List<String> told = new ArrayList<>();
        try (LogLines log = LogLines.of(EachClient.class.getName())) {
            EachClient.tell(List.of("first", "broken", "last"), client -> {
                if (client.equals("broken")) {
                    throw new IllegalStateException("a defect");
                }
                told.add(client);
            });
            assertThat(log.lines()).singleElement().asString().contains("broken could not be told");
        }
        assertThat(told).containsExactly("first", "last");
    }

    @Test
    void whoLeavesMeanwhileIsNoObstacle() {
        List<String> clients = new ArrayList<>(List.of("first", "last"));
        EachClient.tell(clients, clients::remove);
        assertThat(clients).isEmpty();
    }
}
