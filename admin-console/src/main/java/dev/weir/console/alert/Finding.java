package dev.weir.console.alert;

/// That a rule's threshold is reached somewhere, now.
///
/// @param key which alert that is
/// @param summary what is wrong, in a sentence with numbers
/// @param value what was measured
/// @param threshold from where on that is too much
record Finding(AlertKey key, String summary, double value, double threshold) {}
