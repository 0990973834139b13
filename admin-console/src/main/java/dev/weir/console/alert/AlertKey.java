package dev.weir.console.alert;

/// Which alert it is: there is one at a time of each.
///
/// @param rule the rule's name, such as `pool_utilization`
/// @param severity how bad
/// @param database the database that it is about; empty if it is about none
/// @param user the user of the pool that it is about; empty if it is about none
public record AlertKey(String rule, Severity severity, String database, String user) {

    /// As log lines and messages name it.
    @Override
    public String toString() {
        String place = user.isEmpty() ? database : database + "/" + user;
        return rule + " " + severity.text() + (place.isEmpty() ? "" : " " + place);
    }
}
