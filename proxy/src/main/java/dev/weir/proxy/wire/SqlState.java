package dev.weir.proxy.wire;

/// The SQLSTATE codes that a pooler itself has reason to send ("PostgreSQL Error Codes"). Codes of a server are passed
/// on as text and need not be among these.
public enum SqlState {
    /// Success, the code of notices.
    SUCCESSFUL_COMPLETION("00000"),
    /// A connection that should be there is not.
    CONNECTION_DOES_NOT_EXIST("08003"),
    /// The server said no to the connection.
    SQLSERVER_REJECTED("08004"),
    /// The connection to the server broke.
    CONNECTION_FAILURE("08006"),
    /// The peer does not follow the protocol.
    PROTOCOL_VIOLATION("08P01"),
    /// Something that is not offered.
    FEATURE_NOT_SUPPORTED("0A000"),
    /// A byte sequence that is not valid in the encoding.
    CHARACTER_NOT_IN_REPERTOIRE("22021"),
    /// A character that the other encoding does not have.
    UNTRANSLATABLE_CHARACTER("22P05"),
    /// A parameter's value is not allowed.
    INVALID_PARAMETER_VALUE("22023"),
    /// A command that cannot run inside a transaction.
    ACTIVE_SQL_TRANSACTION("25001"),
    /// A command that needs a transaction.
    NO_ACTIVE_SQL_TRANSACTION("25P01"),
    /// A failed transaction takes nothing but its end.
    IN_FAILED_SQL_TRANSACTION("25P02"),
    /// A transaction was idle for too long.
    IDLE_IN_TRANSACTION("25P03"),
    /// A transaction took too long.
    TRANSACTION_TIMEOUT("25P04"),
    /// No prepared statement has this name.
    UNDEFINED_PSTATEMENT("26000"),
    /// The user may not log in this way.
    INVALID_AUTHORIZATION("28000"),
    /// The password is wrong.
    INVALID_PASSWORD("28P01"),
    /// No portal has this name.
    INVALID_CURSOR_NAME("34000"),
    /// No database has this name.
    INVALID_CATALOG_NAME("3D000"),
    /// The text of a command cannot be understood.
    SYNTAX_ERROR("42601"),
    /// Not allowed for this user.
    INSUFFICIENT_PRIVILEGE("42501"),
    /// No setting has this name.
    UNDEFINED_OBJECT("42704"),
    /// A prepared statement has this name already.
    DUPLICATE_PSTATEMENT("42P05"),
    /// Out of something.
    INSUFFICIENT_RESOURCES("53000"),
    /// Out of memory.
    OUT_OF_MEMORY("53200"),
    /// Out of connections.
    TOO_MANY_CONNECTIONS("53300"),
    /// A limit of the configuration has been reached.
    CONFIGURATION_LIMIT_EXCEEDED("53400"),
    /// More than a limit of the pooler allows.
    PROGRAM_LIMIT_EXCEEDED("54000"),
    /// Not in the state that the command needs.
    OBJECT_NOT_IN_PREREQUISITE_STATE("55000"),
    /// A lock was not to be had in time.
    LOCK_NOT_AVAILABLE("55P03"),
    /// The query was cancelled.
    QUERY_CANCELED("57014"),
    /// The pooler, or an operator, ended the connection.
    ADMIN_SHUTDOWN("57P01"),
    /// The server crashed.
    CRASH_SHUTDOWN("57P02"),
    /// Not now: starting, or shutting down.
    CANNOT_CONNECT_NOW("57P03"),
    /// A session was idle for too long.
    IDLE_SESSION("57P05"),
    /// An input or output error.
    IO_ERROR("58030"),
    /// A broken configuration.
    CONFIG_FILE_ERROR("F0000"),
    /// A fault of the pooler itself.
    INTERNAL_ERROR("XX000");

    private final String code;

    SqlState(String code) {
        this.code = code;
    }

    /// The five characters that go into field C.
    public String code() {
        return code;
    }
}
