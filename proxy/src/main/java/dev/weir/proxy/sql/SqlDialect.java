package dev.weir.proxy.sql;

/// The settings of a session that decide where the tokens of a SQL text end.
///
/// @param standardConformingStrings whether a backslash in an ordinary string constant stands for itself
/// @param trailBytes what the client's encoding needs
public record SqlDialect(boolean standardConformingStrings, TrailBytes trailBytes) {
    /// What nearly every session uses.
    public static final SqlDialect USUAL = new SqlDialect(true, TrailBytes.NONE);

    /// From the values that PostgreSQL reports by ParameterStatus.
    public static SqlDialect of(String standardConformingStrings, String clientEncoding) {
        boolean conforming = !standardConformingStrings.equals("off");
        TrailBytes trailBytes = TrailBytes.of(clientEncoding);
        return conforming && trailBytes == TrailBytes.NONE ? USUAL : new SqlDialect(conforming, trailBytes);
    }
}
