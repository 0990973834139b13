package dev.weir.config;

/// Where something was written.
///
/// @param file the file as the operator named it
/// @param line counted from 1; 0 when the file as a whole is meant
public record Origin(String file, int line) {
    public static Origin wholeFile(String file) {
        return new Origin(file, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
