package dev.weir.proxy.it;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A conversation that must look the same to the client through the pooler as without it, byte by byte.
///
/// @param inTransaction whether it opens transactions, which statement pooling refuses
/// @param bulky whether it is too long to be repeated for every place where it can be cut
record Scenario(String name, boolean inTransaction, boolean bulky, Consumer<RawClient> conversation) {

    /// Duplicate and unknown prepared statements, whose names the pooler translates.
    private static final Set<String> ANSWERED_BY_THE_POOLER = Set.of("42P05", "26000");

    static Scenario of(String name, Consumer<RawClient> conversation) {
        return new Scenario(name, false, false, conversation);
    }

    static Scenario inTransaction(String name, Consumer<RawClient> conversation) {
        return new Scenario(name, true, false, conversation);
    }

    static Scenario bulky(String name, Consumer<RawClient> conversation) {
        return new Scenario(name, true, true, conversation);
    }

    /// Plays it on a connection of its own and returns all that the server said after the login.
    List<Message> transcript(Endpoint endpoint, Login login) {
        try (RawClient client = RawClient.connect(endpoint, login)) {
            return transcript(client);
        }
    }

    /// Plays it on an open connection and returns all that the server said in that time.
    List<Message> transcript(RawClient client) {
        client.transcript().clear();
        client.record();
        conversation.accept(client);
        return client.transcript().stream().map(Scenario::comparable).toList();
    }

    /// What the pooler answers in the server's place has no line of PostgreSQL's source code to tell.
    private static Message comparable(Message message) {
        if (message.type() != 'E' || !ANSWERED_BY_THE_POOLER.contains(message.sqlState())) {
            return message;
        }
        Map<Character, String> fields = message.fields();
        return new Message(
                'E',
                fields.entrySet().stream()
                        .filter(field -> "SVCM".indexOf(field.getKey()) >= 0)
                        .map(field -> field.getKey() + field.getValue() + "\0")
                        .collect(Collectors.joining("", "", "\0"))
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
