package dev.weir.proxy.admin;

import dev.weir.console.Description;
import java.util.List;

/// A prepared statement of a console session.
///
/// @param name its name, empty for the unnamed one
/// @param query its text
/// @param description what it takes and gives
/// @param parameterTypes OIDs from Parse; 0, or missing, where the client left the choice
record ConsoleStatement(String name, String query, Description description, List<Integer> parameterTypes) {

    ConsoleStatement {
        parameterTypes = List.copyOf(parameterTypes);
    }

    /// The type of a parameter; 0 when nobody said.
    int parameterType(int index) {
        return index < parameterTypes.size() ? parameterTypes.get(index) : 0;
    }
}
