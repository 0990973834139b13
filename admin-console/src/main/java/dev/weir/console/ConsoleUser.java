package dev.weir.console;

/// Who is at the console.
///
/// @param name the login name
/// @param admin whether it may command (`admin_users`) or only look (`stats_users`)
public record ConsoleUser(String name, boolean admin) {}
