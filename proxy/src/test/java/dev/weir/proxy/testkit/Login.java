package dev.weir.proxy.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/// Who logs in, to what, and how: the content of a StartupMessage and the password. Immutable.
///
/// @param password the password in clear, empty if none will be asked for
/// @param parameters further start-up parameters
/// @param protocol the protocol version word
public record Login(String user, String password, String database, Map<String, String> parameters, int protocol) {

    /// Protocol 3.0 without further parameters.
    public Login(String user, String password, String database) {
        this(user, password, database, Map.of(), Frontend.PROTOCOL_3_0);
    }

    /// The same with one more start-up parameter.
    public Login with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new Login(user, password, database, more, protocol);
    }

    /// The same to another database.
    public Login to(String otherDatabase) {
        return new Login(user, password, otherDatabase, parameters, protocol);
    }

    /// The same user with another password.
    public Login password(String otherPassword) {
        return new Login(user, otherPassword, database, parameters, protocol);
    }

    /// The same with another protocol version.
    public Login protocol(int version) {
        return new Login(user, password, database, parameters, version);
    }

    public byte[] startupMessage() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("user", user);
        all.put("database", database);
        all.putAll(parameters);
        return Frontend.startup(protocol, all);
    }

    @Override
    public String toString() {
        return user + "@" + database + parameters;
    }
}
