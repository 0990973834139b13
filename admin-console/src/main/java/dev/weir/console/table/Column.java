package dev.weir.console.table;

/// One column.
///
/// @param name its heading
/// @param type its type
/// @param meaning one line for the reference page
public record Column(String name, ColumnType type, String meaning) {}
