package dev.weir.config;

/// One of a closed set of words a setting can be given; implemented by enums.
public interface Choice {
    /// The word as it is written in a configuration file, in lower case.
    String text();
}
