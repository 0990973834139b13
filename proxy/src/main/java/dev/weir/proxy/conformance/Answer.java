package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.BackendMessage;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.PgError;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All that came for a request, up to its last ReadyForQuery.
///
/// @param messages in the order of arrival, those included that nobody asked for
record Answer(List<BackendMessage> messages) {

    Answer {
        messages = List.copyOf(messages);
    }

    /// The type letters of the messages, without those that may come at any time.
    String types() {
        return messages.stream()
                .filter(message -> !message.isAsynchronous())
                .map(message -> String.valueOf((char) message.type()))
                .collect(Collectors.joining());
    }

    /// The first error, null if there is none.
    @Nullable
    PgError error() {
        return messages.stream()
                .filter(message -> message.type() == BackendType.ERROR_RESPONSE)
                .findFirst()
                .map(BackendMessage::error)
                .orElse(null);
    }

    /// This answer, which must hold no error.
    Answer good(String asked) {
        PgError error = error();
        if (error != null) {
            throw new CheckFailed(asked + ": " + shown(error));
        }
        return this;
    }

    /// The error of this answer, which must have this SQLSTATE.
    PgError mustFail(String asked, String sqlState) {
        PgError error = error();
        if (error == null) {
            throw new CheckFailed("%s: expected error %s, got none".formatted(asked, sqlState));
        }
        if (!error.sqlState().equals(sqlState)) {
            throw new CheckFailed("%s: expected error %s, got %s".formatted(asked, sqlState, shown(error)));
        }
        return error;
    }

    /// The values of all rows.
    List<List<@Nullable String>> rows() {
        return messages.stream()
                .filter(message -> message.type() == BackendType.DATA_ROW)
                .map(BackendMessage::columns)
                .toList();
    }

    /// The first values of all rows.
    List<String> values() {
        return rows().stream().map(row -> String.valueOf(row.getFirst())).toList();
    }

    /// The tags of all commands.
    List<String> tags() {
        return messages.stream()
                .filter(message -> message.type() == BackendType.COMMAND_COMPLETE)
                .map(BackendMessage::tag)
                .toList();
    }

    /// The texts of all notices.
    List<String> notices() {
        return messages.stream()
                .filter(message -> message.type() == BackendType.NOTICE_RESPONSE)
                .map(message -> message.error().message())
                .toList();
    }

    /// The data of all CopyData messages, joined.
    String copied() {
        return messages.stream()
                .filter(message -> message.type() == BackendType.COPY_DATA)
                .map(message -> new String(message.body(), java.nio.charset.StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    static String shown(PgError error) {
        return "%s %s: %s".formatted(error.severity(), error.sqlState(), error.message());
    }
}
