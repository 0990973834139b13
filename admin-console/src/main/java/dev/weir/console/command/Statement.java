package dev.weir.console.command;

import dev.weir.console.port.CommandRefused;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One statement of a query, cut into tokens.
///
/// @param text the statement as it was typed
/// @param query the query that it is part of; token positions refer to it
/// @param tokens its tokens, at least one
record Statement(String text, String query, List<Token> tokens) {

    /// The highest number of a `$1` parameter; 0 when there is none.
    int parameterCount() {
        return tokens.stream()
                .filter(token -> token.kind() == Token.Kind.PARAMETER)
                .mapToInt(Statement::number)
                .max()
                .orElse(0);
    }

    /// The statement with values in place of its parameters.
    ///
    /// @throws CommandRefused if there is no value, or NULL, for one of them
    Statement bind(List<@Nullable String> parameters) {
        if (parameterCount() == 0) {
            return this;
        }
        List<Token> bound = new ArrayList<>(tokens.size());
        for (Token token : tokens) {
            bound.add(
                    token.kind() == Token.Kind.PARAMETER
                            ? new Token(Token.Kind.STRING, value(number(token), parameters), token.start(), token.end())
                            : token);
        }
        return new Statement(text, query, List.copyOf(bound));
    }

    private static String value(int number, List<@Nullable String> parameters) {
        if (number < 1 || number > parameters.size()) {
            throw new CommandRefused("42P02", "there is no parameter $" + number, null, null);
        }
        String value = parameters.get(number - 1);
        if (value == null) {
            throw new CommandRefused("22004", "parameter $" + number + " must not be NULL", null, null);
        }
        return value;
    }

    private static int number(Token parameter) {
        try {
            return Integer.parseInt(parameter.text());
        } catch (NumberFormatException _) {
            return Integer.MAX_VALUE;
        }
    }
}
