package dev.weir.console.command;

import dev.weir.console.port.CommandRefused;
import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What somebody is told who typed what the console does not know.
public final class UnknownCommand {

    /// Longer queries are quoted only so far.
    private static final int QUOTED_MAX = 200;

    private UnknownCommand() {}

    /// Every command, for `SHOW HELP` and error details.
    public static String usage() {
        return "SHOW HELP|"
                + Topics.ALL.stream().map(Topic::name).collect(Collectors.joining("|"))
                + "\n"
                + Arrays.stream(Syntax.values()).map(Syntax::form).collect(Collectors.joining("\n"));
    }

    static CommandRefused refusal(Statement statement) {
        return refusal(statement.text(), words(statement.tokens()));
    }

    /// The refusal of a `SHOW` of something that is neither topic nor setting.
    ///
    /// @param settings the names of all settings
    public static CommandRefused topicRefusal(String word, List<String> settings) {
        List<String> candidates = new ArrayList<>(topics());
        settings.forEach(setting -> candidates.add("SHOW " + setting));
        String meant = ClosestMatch.find("SHOW " + word, candidates);
        return refused("SHOW " + word, meant);
    }

    private static CommandRefused refusal(String text, String words) {
        List<String> candidates = new ArrayList<>(topics());
        for (Syntax syntax : Syntax.values()) {
            candidates.add(syntax.name());
        }
        int blank = words.indexOf(' ');
        String meant = ClosestMatch.find(words, candidates);
        if (meant == null && blank > 0) {
            meant = ClosestMatch.find(words.substring(0, blank), candidates);
        }
        return refused(text, meant == null ? ClosestMatch.find("SHOW " + words, candidates) : meant);
    }

    private static CommandRefused refused(String text, @Nullable String meant) {
        String quoted = text.length() > QUOTED_MAX ? text.substring(0, QUOTED_MAX) + "..." : text;
        return new CommandRefused(
                "08P01",
                "invalid command '" + quoted + "', use SHOW HELP;",
                "The commands are:\n" + usage(),
                meant == null ? null : "Perhaps you meant " + form(meant) + ".");
    }

    private static String form(String meant) {
        for (Syntax syntax : Syntax.values()) {
            if (syntax.name().equals(meant)) {
                return syntax.form();
            }
        }
        return meant;
    }

    private static List<String> topics() {
        List<String> topics = new ArrayList<>();
        topics.add("SHOW HELP");
        Topics.ALL.forEach(topic -> topics.add("SHOW " + topic.name()));
        return topics;
    }

    private static String words(List<Token> tokens) {
        return tokens.stream().limit(8).map(Token::upper).collect(Collectors.joining(" "));
    }
}
