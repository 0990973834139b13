package dev.weir.console;

import dev.weir.console.table.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a statement of the extended protocol takes and gives, known without running it.
///
/// @param parameterCount how many parameters it has, all of them text
/// @param columns what rows it gives; `null` when it gives none
/// @param empty whether there is no command in it at all
public record Description(int parameterCount, @Nullable List<Column> columns, boolean empty) {}
