package dev.weir.proxy.sql;

/// Follows the tokens of a text and collects the effects of its statements. Knows just so much of the grammar as tells
/// where a statement begins and what the words behind its first one are.
final class StatementEffects implements TokenSink {
    /// What has been read of the statement.
    private enum Place {
        BEGINNING,
        BEHIND_EXPLAIN,
        BEHIND_SET,
        BEHIND_SET_SESSION,
        BEHIND_SET_LOCAL,
        BEHIND_SET_TRANSACTION,
        BEHIND_SET_TIME,
        BEHIND_SET_NAMES,
        BEHIND_SET_REPORTED,
        BEHIND_RESET,
        BEHIND_RESET_TIME,
        BEHIND_RESET_REPORTED,
        BEHIND_ALTER,
        IN_ALTER_DEFAULTS,
        BEHIND_CREATE,
        BEHIND_PREPARE,
        BEHIND_PREPARE_TRANSACTION,
        BEHIND_ROLLBACK,
        IN_CREATE,
        IN_DECLARE,
        IN_REST
    }

    /// A token that is no word.
    private enum Mark {
        QUOTED_NAME,
        CONSTANT,
        EQUALS,
        PARENTHESIS,
        SYMBOL
    }

    private final SetConfigCall setConfig = new SetConfigCall();

    private int effects;
    private int depth;
    private boolean begun;
    private Place place = Place.BEGINNING;
    private boolean replaces;
    private boolean intoTable;
    private boolean updates;
    /// It creates something temporary, and has not said so far that it drops it at the end of the transaction.
    private boolean keepsTemp;
    private Word previous = Word.OTHER;
    private Word function = Word.OTHER;

    /// Begins a new text.
    void reset() {
        effects = 0;
        depth = 0;
        begun = false;
        function = Word.OTHER;
        setConfig.forget();
        beginStatement();
    }

    private void beginStatement() {
        place = Place.BEGINNING;
        replaces = false;
        intoTable = false;
        updates = false;
        keepsTemp = false;
        previous = Word.OTHER;
    }

    /// What has been found so far and not been taken before.
    int take() {
        int taken = effects;
        effects = 0;
        return taken;
    }

    /// Whether the end of the text so far stands in the middle of what may change a setting.
    boolean isChanging() {
        return setConfig.isOpen()
                || switch (place) {
                    case BEHIND_SET,
                            BEHIND_SET_SESSION,
                            BEHIND_SET_LOCAL,
                            BEHIND_SET_TRANSACTION,
                            BEHIND_SET_TIME,
                            BEHIND_SET_NAMES,
                            BEHIND_SET_REPORTED,
                            BEHIND_RESET,
                            BEHIND_RESET_TIME,
                            BEHIND_RESET_REPORTED -> true;
                    default -> false;
                };
    }

    /// What has been found, at the end of the text.
    int finish() {
        endStatement();
        effects |= setConfig.abandon();
        return effects;
    }

    @Override
    public void word(byte[] bytes, int from, int to, int at) {
        Word word = Word.at(bytes, from, to);
        setConfig.onToken(word);
        if (word == Word.PG_TEMP) {
            effects |= Effects.TEMP;
        }
        look(word);
        if (place == Place.IN_REST) {
            inRest(word);
        } else {
            inStatement(word);
        }
        remember(word, word.isFunction() ? word : Word.OTHER);
    }

    /// The view of the settings can be written to, in whatever statement an UPDATE may stand.
    private void look(Word word) {
        if (word == Word.UPDATE) {
            updates = true;
        } else if (word == Word.PG_SETTINGS && updates) {
            effects |= Effects.SETS;
        }
    }

    /// Writes only what changes, since nearly always nothing does.
    private void remember(Word word, Word call) {
        if (previous != word) {
            previous = word;
        }
        if (function != call) {
            function = call;
        }
    }

    /// SELECT … INTO TEMP is left to be found.
    private void inRest(Word word) {
        switch (word) {
            case TEMP, TEMPORARY -> effects |= intoTable ? Effects.TEMP | Effects.KEEPS_TEMP : 0;
            case LOCAL, GLOBAL -> {}
            default -> intoTable = word == Word.INTO;
        }
    }

    private void inStatement(Word word) {
        switch (place) {
            case BEGINNING -> {
                countStatement();
                beginning(word);
            }
            case BEHIND_EXPLAIN -> {
                if (depth == 0 && word != Word.ANALYZE && word != Word.ANALYSE && word != Word.VERBOSE) {
                    beginning(word);
                }
            }
            case BEHIND_SET -> behindSet(word);
            case BEHIND_SET_SESSION -> behindSetSession(word);
            case BEHIND_SET_LOCAL -> settle(word == Word.TO ? Effects.SETS : Effects.SETS_LOCAL);
            case BEHIND_SET_TRANSACTION -> settle(word == Word.TO ? Effects.SETS : 0);
            case BEHIND_SET_TIME, BEHIND_RESET_TIME ->
                settle(word == Word.ZONE ? Effects.SETS_REPORTED_ONLY : Effects.SETS);
            case BEHIND_SET_NAMES -> settle(word == Word.TO ? Effects.SETS : Effects.SETS_REPORTED_ONLY);
            case BEHIND_SET_REPORTED -> settle(word == Word.TO ? Effects.SETS_REPORTED_ONLY : Effects.SETS);
            case BEHIND_RESET -> behindReset(word);
            case BEHIND_RESET_REPORTED -> settle(Effects.SETS);
            case BEHIND_ALTER -> behindAlter(word);
            case IN_ALTER_DEFAULTS -> effects |= word == Word.SET || word == Word.RESET ? Effects.CHANGES_DEFAULTS : 0;
            case BEHIND_CREATE -> behindCreate(word);
            case BEHIND_PREPARE -> behindPrepare(word);
            case BEHIND_PREPARE_TRANSACTION -> settle(Effects.PREPARES);
            case BEHIND_ROLLBACK -> behindRollback(word);
            case IN_CREATE -> inCreate(word);
            case IN_DECLARE -> effects |= word == Word.HOLD && previous == Word.WITH ? Effects.HOLDS : 0;
            case IN_REST -> inRest(word);
        }
    }

    private void countStatement() {
        effects |= begun ? Effects.MANY : 0;
        begun = true;
    }

    private void settle(int found) {
        effects |= found;
        place = Place.IN_REST;
    }

    private void beginning(Word word) {
        switch (word) {
            case SET -> place = Place.BEHIND_SET;
            case RESET -> place = Place.BEHIND_RESET;
            case CREATE -> place = Place.BEHIND_CREATE;
            case DECLARE -> place = Place.IN_DECLARE;
            case PREPARE -> place = Place.BEHIND_PREPARE;
            case ROLLBACK -> place = Place.BEHIND_ROLLBACK;
            case EXPLAIN -> place = Place.BEHIND_EXPLAIN;
            case DO, CALL -> settle(Effects.OPAQUE);
            case LOAD -> settle(Effects.LOADS);
            case ALTER -> place = Place.BEHIND_ALTER;
            case DROP -> settle(Effects.CHANGES_SCHEMA | Effects.RELEASES);
            case CLOSE -> settle(Effects.RELEASES);
            case DISCARD -> settle(Effects.DISCARDS | Effects.RELEASES);
            case EXECUTE -> settle(Effects.EXECUTES);
            case DEALLOCATE -> settle(Effects.DEALLOCATES);
            case LISTEN, UNLISTEN -> settle(Effects.LISTENS);
            case NOTIFY -> settle(Effects.NOTIFIES);
            case COMMIT, END -> settle(Effects.ENDS_TRANSACTION);
            case BEGIN, START -> settle(Effects.BEGINS);
            case ABORT -> settle(Effects.ROLLS_BACK);
            case SAVEPOINT, RELEASE -> settle(Effects.SAVEPOINTS);
            default -> settle(0);
        }
    }

    private void behindSet(Word word) {
        switch (word) {
            case LOCAL -> place = Place.BEHIND_SET_LOCAL;
            case SESSION -> place = Place.BEHIND_SET_SESSION;
            case TRANSACTION, CONSTRAINTS -> place = Place.BEHIND_SET_TRANSACTION;
            default -> behindSetSession(word);
        }
    }

    private void behindSetSession(Word word) {
        if (word.isReportedSetting()) {
            place = Place.BEHIND_SET_REPORTED;
        } else if (word == Word.TIME) {
            place = Place.BEHIND_SET_TIME;
        } else if (word == Word.NAMES) {
            place = Place.BEHIND_SET_NAMES;
        } else {
            settle(Effects.SETS);
        }
    }

    private void behindReset(Word word) {
        if (word.isReportedSetting()) {
            place = Place.BEHIND_RESET_REPORTED;
        } else if (word == Word.TIME) {
            place = Place.BEHIND_RESET_TIME;
        } else {
            settle(Effects.SETS);
        }
    }

    private void behindAlter(Word word) {
        if (word == Word.ROLE || word == Word.USER || word == Word.DATABASE) {
            place = Place.IN_ALTER_DEFAULTS;
        } else {
            settle(Effects.CHANGES_SCHEMA | Effects.DEFINES);
        }
    }

    private void behindCreate(Word word) {
        switch (word) {
            case OR, LOCAL, GLOBAL -> {}
            case REPLACE -> replaces = true;
            case TEMP, TEMPORARY -> {
                effects |= Effects.TEMP;
                keepsTemp = true;
                place = Place.IN_CREATE;
            }
            default -> {
                effects |= (replaces || takesName(word) ? Effects.CHANGES_SCHEMA : 0) | defining(word);
                place = Place.IN_CREATE;
            }
        }
    }

    /// Whether it may stand in the way of something of that name in a schema behind: prepared statements go on to mean
    /// that.
    private static boolean takesName(Word word) {
        return switch (word) {
            case CONSTRAINT, DATABASE, EVENT, INDEX, POLICY, ROLE, RULE, TRIGGER, UNIQUE, USER -> false;
            default -> true;
        };
    }

    /// What is defined and used in one transaction may do anything.
    private static int defining(Word word) {
        return switch (word) {
            case FUNCTION, PROCEDURE, AGGREGATE, TRIGGER, CONSTRAINT, EVENT, RULE, EXTENSION ->
                Effects.DEFINES | Effects.OPAQUE;
            case VIEW, MATERIALIZED, RECURSIVE, POLICY -> Effects.DEFINES;
            default -> 0;
        };
    }

    private void inCreate(Word word) {
        effects |= word == Word.EXECUTE && previous == Word.AS ? Effects.EXECUTES : 0;
        keepsTemp &= word != Word.DROP || previous != Word.COMMIT;
    }

    private void behindPrepare(Word word) {
        if (word == Word.TRANSACTION) {
            effects |= Effects.ENDS_TRANSACTION;
            place = Place.BEHIND_PREPARE_TRANSACTION;
        } else {
            settle(Effects.PREPARES);
        }
    }

    private void behindRollback(Word word) {
        if (word != Word.WORK && word != Word.TRANSACTION) {
            settle(word == Word.TO ? Effects.SAVEPOINTS : Effects.ROLLS_BACK);
        }
    }

    @Override
    public void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode) {
        Word word = Word.at(bytes, from, to);
        if (word == Word.PG_TEMP) {
            effects |= Effects.TEMP;
        }
        if (unicode) {
            // its escapes may spell anything
            effects |= Effects.OPAQUE | Effects.TEMP;
        }
        look(word == Word.UPDATE ? Word.OTHER : word);
        setConfig.onToken(Word.OTHER);
        mark(Mark.QUOTED_NAME, word);
        function = word.isFunction() ? word : Word.OTHER;
    }

    @Override
    public void constant(Constant kind, int at, int end) {
        setConfig.onToken(Word.OTHER);
        mark(Mark.CONSTANT, Word.OTHER);
    }

    @Override
    public void symbol(byte symbol, int at) {
        switch (symbol) {
            case ';' -> semicolon();
            case '(' -> open();
            case ')', ']' -> {
                effects |= setConfig.onClose(depth);
                depth = Math.max(0, depth - 1);
                mark(Mark.PARENTHESIS, Word.OTHER);
            }
            case ',' -> {
                setConfig.onComma(depth);
                mark(Mark.SYMBOL, Word.OTHER);
            }
            default -> {
                depth += symbol == '[' ? 1 : 0;
                setConfig.onToken(Word.OTHER);
                mark(symbol == '=' ? Mark.EQUALS : Mark.SYMBOL, Word.OTHER);
            }
        }
    }

    /// Inside of parentheses, as in CREATE RULE, it separates no statements of the text.
    private void semicolon() {
        if (depth == 0) {
            endStatement();
            beginStatement();
            function = Word.OTHER;
        }
    }

    private void open() {
        depth++;
        setConfig.onToken(Word.OTHER);
        switch (function) {
            case SET_CONFIG -> effects |= setConfig.onOpen(depth);
            case PG_NOTIFY -> effects |= Effects.NOTIFIES;
            case PG_LISTENING_CHANNELS -> effects |= Effects.READS_CHANNELS;
            case QUERY_TO_XML, QUERY_TO_XMLSCHEMA, QUERY_TO_XML_AND_XMLSCHEMA, TS_STAT, TS_REWRITE ->
                effects |= Effects.OPAQUE;
            case CURRVAL, LASTVAL -> effects |= Effects.READS_SEQUENCES;
            case PG_ADVISORY_LOCK, PG_ADVISORY_LOCK_SHARED, PG_TRY_ADVISORY_LOCK, PG_TRY_ADVISORY_LOCK_SHARED ->
                effects |= Effects.LOCKS;
            case PG_ADVISORY_UNLOCK, PG_ADVISORY_UNLOCK_SHARED, PG_ADVISORY_UNLOCK_ALL -> effects |= Effects.UNLOCKS;
            default -> {}
        }
        mark(Mark.PARENTHESIS, Word.OTHER);
    }

    /// Takes a token that is no word.
    ///
    /// @param name what a quoted name says
    private void mark(Mark mark, Word name) {
        remember(Word.OTHER, Word.OTHER);
        intoTable = false;
        switch (place) {
            case IN_REST, IN_CREATE, IN_DECLARE, IN_ALTER_DEFAULTS -> {}
            case BEHIND_ALTER -> settle(Effects.CHANGES_SCHEMA | Effects.DEFINES);
            case BEGINNING -> {
                countStatement();
                settle(0);
            }
            case BEHIND_EXPLAIN -> {
                if (depth == 0 && mark != Mark.PARENTHESIS) {
                    settle(0);
                }
            }
            case BEHIND_SET, BEHIND_SET_SESSION -> {
                if (mark == Mark.QUOTED_NAME && name.isReportedSetting()) {
                    place = Place.BEHIND_SET_REPORTED;
                } else {
                    settle(Effects.SETS);
                }
            }
            case BEHIND_RESET -> {
                if (mark == Mark.QUOTED_NAME && name.isReportedSetting()) {
                    place = Place.BEHIND_RESET_REPORTED;
                } else {
                    settle(Effects.SETS);
                }
            }
            case BEHIND_SET_LOCAL -> settle(mark == Mark.QUOTED_NAME ? Effects.SETS_LOCAL : Effects.SETS);
            case BEHIND_SET_TRANSACTION -> settle(mark == Mark.QUOTED_NAME ? 0 : Effects.SETS);
            case BEHIND_SET_NAMES -> settle(mark == Mark.CONSTANT ? Effects.SETS_REPORTED_ONLY : Effects.SETS);
            case BEHIND_SET_REPORTED -> settle(mark == Mark.EQUALS ? Effects.SETS_REPORTED_ONLY : Effects.SETS);
            case BEHIND_SET_TIME, BEHIND_RESET_TIME, BEHIND_RESET_REPORTED -> settle(Effects.SETS);
            case BEHIND_CREATE -> {
                effects |= Effects.CHANGES_SCHEMA;
                place = Place.IN_CREATE;
            }
            case BEHIND_PREPARE -> settle(Effects.PREPARES);
            case BEHIND_PREPARE_TRANSACTION -> settle(mark == Mark.CONSTANT ? 0 : Effects.PREPARES);
            case BEHIND_ROLLBACK -> settle(Effects.ROLLS_BACK);
        }
    }

    private void endStatement() {
        effects |= keepsTemp ? Effects.KEEPS_TEMP : 0;
        effects |= switch (place) {
            case BEHIND_SET_NAMES, BEHIND_RESET_REPORTED -> Effects.SETS_REPORTED_ONLY;
            case BEHIND_SET, BEHIND_SET_SESSION, BEHIND_SET_LOCAL, BEHIND_SET_TIME, BEHIND_SET_REPORTED -> Effects.SETS;
            case BEHIND_RESET, BEHIND_RESET_TIME -> Effects.SETS;
            case BEHIND_PREPARE, BEHIND_PREPARE_TRANSACTION -> Effects.PREPARES;
            case BEHIND_ROLLBACK -> Effects.ROLLS_BACK;
            case BEHIND_ALTER -> Effects.CHANGES_SCHEMA | Effects.DEFINES;
            case IN_ALTER_DEFAULTS,
                    BEGINNING,
                    BEHIND_EXPLAIN,
                    BEHIND_SET_TRANSACTION,
                    BEHIND_CREATE,
                    IN_CREATE,
                    IN_DECLARE,
                    IN_REST -> 0;
        };
    }
}
