package dev.weir.config.access;

/// What the files `auth_hba_file` and `auth_ident_file` say. Immutable.
public record AccessRules(HbaRules hba, IdentMaps maps) {
    /// Neither file is given.
    public static final AccessRules NONE = new AccessRules(HbaRules.NONE, IdentMaps.NONE);
}
