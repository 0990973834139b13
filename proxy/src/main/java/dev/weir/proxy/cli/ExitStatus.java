package dev.weir.proxy.cli;

/// What the process ends with; documented in `docs/cli.md`.
final class ExitStatus {

    /// All went well, also after a signal that asks to end.
    static final int OK = 0;

    /// The configuration is wrong, or Weir could not start or go on.
    static final int FAILED = 1;

    /// The command line is wrong.
    static final int USAGE = 2;

    private ExitStatus() {}
}
